"""The chain of a case, held against what is stored today."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case, CustodyEntry, Exhibit
from cases.services import custody, scrub
from cases.services.exhibits import add_exhibit
from tests import factories, pictures
from tracker.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def exhibit(case: Case, alice: User) -> Exhibit:
    upload = SimpleUploadedFile("shot.png", pictures.picture())
    return add_exhibit(case=case, by=alice, at=factories.NOON, upload=upload)


def test_a_chain_and_its_exhibits_are_whole(case: Case, exhibit: Exhibit) -> None:
    assert custody.verify(case) == []
    assert not custody.unlike_the_chain().exists()


def test_an_exhibit_exchanged_with_its_hash_is_named_by_the_chain(case: Case, exhibit: Exhibit) -> None:
    Exhibit.objects.filter(pk=exhibit.pk).update(sha256="ab" * 32)

    entry = CustodyEntry.objects.get(case=case, action="exhibit_received")
    assert [(found.sequence, found.reason) for found in custody.verify(case)] == [(entry.sequence, "exhibit")]
    assert any("is not what its chain of custody says came in" in finding.text for finding in scrub.scrub())


def test_an_exhibit_put_in_from_outside_is_found(case: Case, exhibit: Exhibit) -> None:
    exhibit.pk, exhibit.number, exhibit.sha256 = None, 2, "cd" * 32
    exhibit.save(force_insert=True)

    assert [(found.sequence, found.reason) for found in custody.verify(case)] == [(0, "exhibit")]


def test_an_exhibit_taken_out_is_found(case: Case, exhibit: Exhibit) -> None:
    Exhibit.objects.filter(pk=exhibit.pk).delete()

    assert [found.reason for found in custody.verify(case)] == ["exhibit"]
