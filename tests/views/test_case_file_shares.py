from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, CaseFile, CaseFileShare, CustodyEntry
from cases.services import case_file_shares as service
from tests import stored
from tests.casefile import stories
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db

BYTES = b"PK a bag of evidence that is handed out in ranges"


@pytest.fixture
def ready(case: Case) -> CaseFile:
    return stored.case_file_of(case, BYTES)


def url(ready: CaseFile) -> str:
    return f"/cases/{ready.case.reference}/case-files/{ready.number}/shares/"


def link(ready: CaseFile, alice: User, *, with_code: bool = False, **fields: object) -> tuple[str, str]:
    """Address and code of a new link."""
    share, token, code = service.share(
        case_file=ready, by=alice, at=timezone.now(), days=7, with_code=with_code
    )
    CaseFileShare.objects.filter(pk=share.pk).update(**fields)
    return f"/shared/{token}/", code


def test_a_link_is_made_shown_once_and_opens_the_zip_without_an_account(
    ready: CaseFile, alice_client: Client, client: Client
):
    page = alice_client.post(url(ready), {"days": "1", "label": "律师"})

    shown = re.search(r"http://[^/]+(/shared/[\w-]{43}/)", page.content.decode())
    assert shown is not None
    assert page["Cache-Control"] == "private, no-store"
    assert shown[1] not in alice_client.get(url(ready)).content.decode()
    opened = client.get(shown[1])
    assert opened.status_code == 200
    assert (opened["Referrer-Policy"], opened["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert ready.sha256[:8] in opened.content.decode()
    zipped = client.get(f"{shown[1]}zip/")
    assert b"".join(zipped.streaming_content) == BYTES
    assert zipped["Content-Disposition"].startswith("attachment")


def test_without_javascript_a_form_sent_twice_makes_one_link_and_says_so(
    ready: CaseFile, alice_client: Client
):
    form = {"days": "7", "submission": "once-and-only"}
    alice_client.post(url(ready), form)

    again = alice_client.post(url(ready), form, follow=True)

    assert CaseFileShare.objects.count() == 1
    assert "a link is shown only once" in again.content.decode()


def test_a_code_stands_between_the_link_and_the_file(ready: CaseFile, alice: User, client: Client):
    address, code = link(ready, alice, with_code=True)
    wrong = "000000" if code != "000000" else "111111"

    assert 'name="code"' in client.get(address).content.decode()
    assert client.get(f"{address}zip/").status_code == 302
    refused = client.post(address, {"code": wrong})
    assert (refused.status_code, "9 more tries" in refused.content.decode()) == (422, True)
    assert client.post(address, {"code": ""}).status_code == 422
    let_in = client.post(address, {"code": code})

    assert (let_in.status_code, let_in["Location"]) == (302, address)
    assert client.get(f"{address}zip/").status_code == 200
    share = CaseFileShare.objects.get()
    assert (share.openings, share.downloads, share.wrong_codes) == (0, 1, 1)


def test_who_passed_the_code_of_one_link_has_not_passed_that_of_another(
    ready: CaseFile, alice: User, client: Client
):
    one, code = link(ready, alice, with_code=True)
    other, _code = link(ready, alice, with_code=True)
    client.post(one, {"code": code})

    assert client.get(f"{other}zip/").status_code == 302


def test_the_tenth_wrong_code_makes_the_page_vanish(ready: CaseFile, alice: User, client: Client):
    address, code = link(ready, alice, with_code=True, wrong_codes=9)

    wrong = "000000" if code != "000000" else "111111"
    assert client.post(address, {"code": wrong}).status_code == 404
    assert client.post(address, {"code": code}).status_code == 404


@pytest.mark.parametrize("over", ["expired", "revoked", "locked", "unknown"])
def test_what_is_over_looks_like_what_never_was(ready: CaseFile, alice: User, client: Client, over: str):
    now = timezone.now()
    fields = {
        "expired": {"made_at": now - timedelta(days=9), "expires_at": now - timedelta(seconds=1)},
        "revoked": {"ended_at": now, "end_reason": "revoked"},
        "locked": {"ended_at": now, "end_reason": "locked"},
        "unknown": {"token_sha256": "0" * 64},
    }[over]
    address, _code = link(ready, alice, **fields)

    for path in (address, f"{address}zip/"):
        for method in ("get", "head"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer["Cache-Control"]) == (404, "private, no-store")
    assert CaseFileShare.objects.get().openings == 0


def test_a_download_that_goes_on_is_counted_once_and_a_look_at_the_headers_never(
    ready: CaseFile, alice: User, client: Client
):
    address, _code = link(ready, alice)

    assert client.head(f"{address}zip/").status_code == 200
    client.get(f"{address}zip/", headers={"Range": "bytes=0-9"})
    rest = client.get(f"{address}zip/", headers={"Range": "bytes=10-"})

    assert (rest.status_code, b"".join(rest.streaming_content)) == (206, BYTES[10:])
    assert CaseFileShare.objects.get().downloads == 1


def test_a_download_that_leaves_out_the_first_byte_is_counted_and_told(
    ready: CaseFile, alice: User, client: Client
):
    address, _code = link(ready, alice)

    for _turn in range(2):
        assert client.get(f"{address}zip/", headers={"Range": "bytes=1-"}).status_code == 206

    assert CaseFileShare.objects.get().downloads == 1
    assert CustodyEntry.objects.filter(action="case_file_handed_out").count() == 1


def test_a_link_is_revoked_on_the_page_and_says_how_often_it_was_opened(
    ready: CaseFile, alice: User, alice_client: Client, client: Client
):
    address, _code = link(ready, alice)
    client.get(address)
    client.get(address)

    listed = alice_client.get(url(ready)).content.decode()
    gone = alice_client.post(f"{url(ready)}1/revoke/", follow=True).content.decode()

    assert re.search(r"Times opened</dt><dd>2</dd>", listed)
    assert 'data-living="0"' in gone
    assert client.get(address).status_code == 404
    assert "had ended already" in alice_client.post(f"{url(ready)}1/revoke/", follow=True).content.decode()


def test_a_reader_sees_the_list_and_can_neither_share_nor_revoke(
    ready: CaseFile, alice: User, bob_client: Client
):
    link(ready, alice)

    assert bob_client.get(url(ready)).status_code == 200
    assert bob_client.post(url(ready), {"days": "1"}).status_code == 403
    assert bob_client.post(f"{url(ready)}1/revoke/").status_code == 403


def test_bad_input_is_refused_next_to_its_field(ready: CaseFile, alice_client: Client):
    refused = alice_client.post(url(ready), {"days": "365", "label": "字" * 101})

    assert refused.status_code == 422
    assert "Choose how long the link works." in refused.content.decode()
    assert not CaseFileShare.objects.exists()


def test_the_list_of_case_files_counts_only_open_links(ready: CaseFile, alice: User, alice_client: Client):
    link(ready, alice)
    link(ready, alice, ended_at=timezone.now(), end_reason="revoked")

    page = alice_client.get(f"/cases/{ready.case.reference}/case-files/").content.decode()

    assert "Shared by 1 link" in page


def test_a_real_case_file_passes_the_check_after_its_way_through_a_link(
    case: Case, alice: User, client: Client, tmp_path
):
    from cases.casefile.verify import verify

    address, _code = link(stories.ready_case_file(case, alice), alice)

    path = tmp_path / "shared.zip"
    path.write_bytes(b"".join(client.get(f"{address}zip/").streaming_content))

    assert verify(path).is_unaltered
