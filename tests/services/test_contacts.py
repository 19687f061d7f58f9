"""Logging what was tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, ContactAttempt, Exhibit, ExhibitSource
from cases.services import cases, contacts, custody
from tests import factories
from tests.services.when import shanghai
from tracker.accounts.models import User

AT = shanghai("2026-09-01 20:45")


def log(case: Case, by: User, at: datetime = AT, **fields: Any) -> ContactAttempt:
    return contacts.log_contact(
        case=case, by=by, at=at, **{"channel": "shop_message", "outcome": "answered", **fields}
    )


def make_exhibit(case: Case, number: int = 1) -> Exhibit:
    exhibit = Exhibit.objects.create(
        case=case,
        number=number,
        sha256=f"{number:064d}",
        size=1,
        media_type="image/png",
        storage_key=f"{case.pk}/{number}",
        source=ExhibitSource.UPLOAD,
        received_at=AT,
    )
    custody.record(case=case, action="exhibit_received", at=AT, exhibit=exhibit)
    return exhibit


def test_a_contact_happened_just_now_unless_said_otherwise(case: Case, alice: User):
    contact = log(case, alice)

    assert contact.started_at == AT
    assert contact.logged_at == AT
    assert contact.logged_by == alice


def test_a_contact_is_recorded_whole_in_the_chain(case: Case, alice: User):
    exhibit = make_exhibit(case)

    contact = log(
        case,
        alice,
        channel="hotline",
        outcome="promised",
        started_at=shanghai("2026-09-01 20:30"),
        ended_at=shanghai("2026-09-01 20:44"),
        person=" 工号 3021 ",
        ticket_number="RX-55",
        summary="等了 7 分钟。",
        promise="明天退款",
        promised_by=shanghai("2026-09-02 18:00"),
        exhibits=[exhibit],
    )

    assert case.custody_entries.get(action="contact_logged").details == {
        "contact": contact.pk,
        "channel": "hotline",
        "direction": "outgoing",
        "outcome": "promised",
        "started_at": "2026-09-01T12:30:00+00:00",
        "ended_at": "2026-09-01T12:44:00+00:00",
        "person": "工号 3021",
        "ticket_number": "RX-55",
        "summary": "等了 7 分钟。",
        "promise": "明天退款",
        "promised_by": "2026-09-02T10:00:00+00:00",
        "exhibits": ["E1"],
    }
    assert list(contact.exhibits.all()) == [exhibit]
    assert custody.verify(case) == []


def test_a_phone_whose_clock_runs_five_minutes_ahead_may_log(case: Case, alice: User):
    assert log(case, alice, started_at=shanghai("2026-09-01 20:50")).pk


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"channel": "carrier_pigeon"}, "channel", id="unknown channel"),
        pytest.param({"outcome": "enchanted"}, "outcome", id="unknown outcome"),
        pytest.param({"direction": "sideways"}, "direction", id="unknown direction"),
        pytest.param({"started_at": shanghai("2026-09-01 20:51")}, "started_at", id="in the future"),
        pytest.param({"started_at": shanghai("1999-09-01 20:51")}, "started_at", id="long ago"),
        pytest.param({"ended_at": shanghai("2026-09-01 20:44")}, "ended_at", id="ended before it started"),
        pytest.param(
            {"promised_by": shanghai("2026-09-02 10:00")}, "promised_by", id="a time without a promise"
        ),
        pytest.param(
            {"outcome": "promised", "promised_by": shanghai("2026-09-01 20:45")},
            "promised_by",
            id="promised for before the contact",
        ),
        pytest.param(
            {"outcome": "promised", "promised_by": shanghai("9999-12-31 23:59")},
            "promised_by",
            id="promised for the far future",
        ),
        pytest.param({"person": "x" * 101}, "person", id="too long a name"),
        pytest.param(
            {"channel": "live_room", "stream_ended_at": shanghai("2026-09-01 20:44")},
            "stream_ended_at",
            id="the stream ended before the contact",
        ),
    ],
)
def test_what_cannot_have_happened_is_refused_and_nothing_is_stored(
    case: Case, alice: User, fields: dict[str, Any], field: str
):
    with pytest.raises(ValidationError) as refused:
        log(case, alice, **fields)

    assert list(refused.value.message_dict) == [field]
    assert not case.contacts.exists()
    assert not case.custody_entries.filter(action="contact_logged").exists()


def test_an_exhibit_of_another_case_cannot_prove_this_contact(case: Case, alice: User):
    foreign = make_exhibit(factories.make_case(owner=alice))

    with pytest.raises(ValidationError, match="belongs to another case"):
        log(case, alice, exhibits=[foreign])


def test_a_closed_case_takes_no_contact(case: Case, alice: User):
    cases.close_case(case=case, by=alice, at=AT, outcome="solved")

    with pytest.raises(ValidationError, match="closed"):
        log(case, alice)


def test_the_end_of_a_stream_is_also_a_milestone_of_that_contact(case: Case, alice: User):
    contact = log(
        case,
        alice,
        at=shanghai("2026-09-01 23:55"),
        channel="live_room",
        started_at=shanghai("2026-09-01 23:10"),
        stream_ended_at=shanghai("2026-09-01 23:50"),
    )

    milestone = case.milestones.get()
    assert (milestone.kind, milestone.contact) == ("stream_ended", contact)
    assert milestone.happened_at == shanghai("2026-09-01 23:50")
