"""cases.admin.shares: the operator sees that links exist and ends them, and learns no word and no token."""

from __future__ import annotations

from django.test import Client

from cases.models import Case, CaseFileShare
from cases.services import case_file_shares
from tests import factories, stored
from tracker.accounts.models import User


def test_the_operator_revokes_a_link_and_the_chain_says_who_did(case: Case, alice: User) -> None:
    root = factories.make_user("root@example.org", is_staff=True, is_superuser=True, language="en")
    client: Client = factories.logged_in(root)
    share, token, _code = case_file_shares.share(
        case_file=stored.case_file_of(case), by=alice, at=factories.NOON, days=30, label="我的律师"
    )
    page = "/admin/cases/casefileshare/"

    listed = client.get(page).content.decode() + client.get(f"{page}{share.pk}/change/").content.decode()
    chosen = {"action": "revoke", "_selected_action": [str(share.pk)]}
    told = client.post(page, chosen, follow=True).content.decode()
    again = client.post(page, chosen, follow=True).content.decode()

    assert "我的律师" not in listed
    assert share.token_sha256 not in listed
    assert "1 link is revoked." in told
    assert "These links had ended already." in again
    assert CaseFileShare.objects.get().end_reason == "revoked"
    assert case_file_shares.living(token, at=factories.NOON) is None
    assert case.custody_entries.get(action="case_file_share_revoked").actor == f"user:{root.pk}"
