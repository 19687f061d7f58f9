"""How steps of several playbooks rank, what closes a route, and what a step still needs."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from cases.rules.advice import advise
from cases.rules.events import EventPattern
from cases.rules.hours import Frame, OpeningHours
from cases.rules.situations import Condition, Situation
from tests.rules.ladders import bar, both, channel, happened, playbook, row
from tests.rules.moments import SHANGHAI, contact, shanghai

NOON = shanghai("2026-09-24 12:00")
DESK = OpeningHours("frames", SHANGHAI, week=((Frame(time(9), time(21)),),) * 7)

COMPLAINT = channel("cn.complaint", body="authority", needs=("merchant_address",))
ASSOCIATION = channel("cn.association", body="consumer_association")
COURT = channel("cn.court", body="court")
SHOP = channel("shop", body="seller", is_official=False)
SERVICE = channel("service")
HOTLINE = channel("hotline", hours=DESK)

# What A1.9 of the facts says: taken up by an association or a court, the authority does not take it.
TAKEN_UP = (
    EventPattern(
        "milestone",
        kinds=frozenset({"complaint_accepted"}),
        bodies=frozenset({"consumer_association", "court", "authority"}),
    ),
)
AUTHORITY = playbook(
    "cn",
    (COMPLAINT, ASSOCIATION, COURT),
    (
        row("complain", "cn.complaint", rung=80, action=both("File it")),
        row("associate", "cn.association", rung=80),
        row("sue", "cn.court", rung=90, when=Condition(risks=frozenset({"high"}))),
    ),
    bar("cn.complaint", after=TAKEN_UP),
    kind="authority",
)
PLATFORM = playbook(
    "platform",
    (SHOP, SERVICE, HOTLINE),
    (
        row("chat", "shop", "service"),
        row(
            "identity",
            "service",
            rung=60,
            when=Condition(lacks=frozenset({"merchant_address"})),
            action=both("Ask who they are"),
        ),
    ),
)
KNOWN = frozenset({"merchant_address"})


def advised(situation=None, *playbooks, at=NOON):
    return advise(playbooks or (PLATFORM, AUTHORITY), situation or Situation(), at=at)


def steps(situation=None, *playbooks, at=NOON):
    """(row, channel) of each step, best first."""
    return [(one.situations[0], one.channel.key) for one in advised(situation, *playbooks, at=at)]


def step(channel_key, situation=None, *playbooks, at=NOON):
    return next(one for one in advised(situation, *playbooks, at=at) if one.channel.key == channel_key)


def taken_up(channel_key, body):
    return happened("complaint_accepted", channel_key, body=body)


def test_the_highest_rung_of_all_playbooks_comes_first():
    assert steps(Situation(risk="high", has=KNOWN)) == [
        ("sue", "cn.court"),
        ("complain", "cn.complaint"),
        ("associate", "cn.association"),
        ("chat", "shop"),
        ("chat", "service"),
    ]


def test_on_one_rung_the_platform_goes_first_then_the_files_in_order():
    other = playbook("bank", (channel("bank.card", body="payment"),), (row("dispute", "bank.card"),))
    own = playbook("own", (channel("own.desk"),), (row("desk", "own.desk"), row("again", "own.desk")))

    assert steps(None, own, other) == [("desk", "own.desk"), ("dispute", "bank.card")]
    assert steps(None, other, own) == [("dispute", "bank.card"), ("desk", "own.desk")]


def test_what_a_step_lacks_is_named_and_fetched_first():
    """The address is missing: the row at 60 that brings it goes before the complaint at 80."""
    assert steps()[:2] == [("identity", "service"), ("complain", "cn.complaint")]
    assert [item.key for item in step("cn.complaint").missing] == ["merchant_address"]
    assert not step("cn.complaint").is_possible


def test_with_the_address_known_the_complaint_is_possible():
    situation = Situation(has=KNOWN)

    assert steps(situation)[0] == ("complain", "cn.complaint")
    assert step("cn.complaint", situation).missing == ()
    assert step("cn.complaint", situation).is_possible


def test_nothing_is_fetched_for_a_route_that_is_closed():
    """The complaint is closed for good, so the address is no longer what comes first: 60 is below 80."""
    situation = Situation(events=(taken_up("cn.association", "consumer_association"),))

    assert steps(situation) == [
        ("associate", "cn.association"),
        ("identity", "service"),
        ("chat", "shop"),
        ("complain", "cn.complaint"),
    ]


@pytest.mark.parametrize(
    ("channel_key", "body"), [("cn.association", "consumer_association"), ("cn.court", "court")]
)
def test_a_route_that_another_body_has_closed_comes_last_and_says_why(channel_key, body):
    situation = Situation(has=KNOWN, events=(taken_up(channel_key, body),))

    last = advised(situation)[-1]

    assert last.channel.key == "cn.complaint"
    assert [reason.en for reason in last.barred] == ["They do not take it twice."]
    assert not last.is_possible


def test_what_happened_on_a_route_itself_never_closes_it():
    situation = Situation(has=KNOWN, events=(taken_up("cn.complaint", "authority"),))

    assert step("cn.complaint", situation).barred == ()


def test_a_step_says_what_it_would_close_once_they_take_it_up():
    assert [text.en for text in step("cn.association").closes] == ["Cn.Complaint: They do not take it twice."]
    assert step("cn.association").closes[0].zh_hans == "Cn.Complaint：They do not take it twice."
    # A chat closes nothing, and the complaint does not close itself.
    assert step("shop").closes == ()
    assert step("cn.complaint").closes == ()


def test_what_is_closed_already_is_not_told_again():
    situation = Situation(has=KNOWN, events=(taken_up("cn.court", "court"),))

    assert step("cn.association", situation).closes == ()


def test_what_took_the_matter_up_itself_is_not_told_to_close():
    accepted = happened("complaint_accepted", "cn.complaint", body="authority")

    assert step("cn.association", Situation(has=KNOWN, events=(accepted,))).closes == ()


def test_a_bar_reaches_across_playbooks():
    """As a chargeback closes Amazon's A-to-z: the bar stands in one file, the step in another."""
    dispute = EventPattern("milestone", kinds=frozenset({"complaint_filed"}), bodies=frozenset({"payment"}))
    amazon = playbook(
        "amazon", (channel("a_to_z"),), (row("claim", "a_to_z"),), bar("a_to_z", after=(dispute,))
    )
    card = channel("card.dispute", body="payment")
    bank = playbook("card", (card,), (row("dispute", "card.dispute", rung=70),), kind="payment")

    assert [text.en for text in step("card.dispute", None, amazon, bank).closes] == [
        "A_To_Z: They do not take it twice."
    ]
    filed = Situation(events=(happened("complaint_filed", "card.dispute", body="payment"),))
    assert step("a_to_z", filed, amazon, bank).barred
    assert step("a_to_z", None, amazon, bank).barred == ()


def test_official_only_leaves_authorities_and_banks_alone():
    """A shop's chat counts as off the platform; an authority never does."""
    unofficial = channel("cn.desk", body="authority", is_official=False)
    authority = playbook("cn", (unofficial,), (row("desk", "cn.desk"),), kind="authority")
    platform = playbook(
        "platform",
        (SHOP, SERVICE),
        (row("chat", "shop"), row("money", "service", official_only=True)),
    )

    assert steps(None, platform, authority) == [("money", "service"), ("desk", "cn.desk")]


def test_silence_sinks_a_channel_on_its_rung_and_no_deeper():
    two = playbook(
        "platform",
        (SHOP, SERVICE, HOTLINE),
        (row("request", "service", rung=40), row("chat", "shop", "hotline")),
    )
    silent = (contact("service", "no_answer"), contact("shop", "no_answer"))

    assert steps(Situation(events=silent), two) == [
        ("request", "service"),
        ("chat", "hotline"),
        ("chat", "shop"),
    ]


def test_one_channel_with_two_things_to_do_is_two_steps():
    one = playbook(
        "platform",
        (SERVICE,),
        (
            row("appeal", "service", rung=60, action=both("Appeal")),
            row("identity", "service", rung=60, action=both("Ask who they are")),
            row("chat", "service"),
        ),
    )

    found = advised(None, one)

    assert [advice.action.en for advice in found] == ["Appeal", "Ask who they are"]
    assert found[0].reason.en == "Because of appeal."


DOUBLE = playbook(
    "platform",
    (SERVICE, HOTLINE, SHOP),
    (
        row("danger", "service", "hotline", rung=100, confirm_all=True),
        row("chat", "shop", "service", "hotline"),
    ),
)


def halves(situation, at=NOON):
    found = advised(situation, DOUBLE, at=at)[0]
    return [(half.channel.key, half.has_confirmed) for half in found.halves]


def test_double_confirmation_is_one_step_with_two_halves():
    assert steps(None, DOUBLE) == [("danger", "service"), ("chat", "shop")]
    assert halves(None) == [("service", False), ("hotline", False)]
    assert step("service", None, DOUBLE).together_with == ("hotline",)


def test_when_one_half_has_confirmed_the_other_is_the_step():
    situation = Situation(events=(contact("service", "answered"),))

    assert steps(situation, DOUBLE) == [("danger", "hotline"), ("chat", "shop")]
    assert halves(situation) == [("service", True), ("hotline", False)]


def test_a_half_that_is_closed_says_when_it_opens():
    situation = Situation(events=(contact("service", "answered"),))

    found = advised(situation, DOUBLE, at=shanghai("2026-09-24 23:00"))[0]

    assert (found.channel.key, found.opens_at) == ("hotline", shanghai("2026-09-25 09:00"))
    assert [(half.is_open, half.opens_at) for half in found.halves] == [
        (True, None),
        (False, shanghai("2026-09-25 09:00")),
    ]


def test_the_half_that_can_be_reached_now_comes_first():
    night = playbook("platform", (HOTLINE, SERVICE), (row("danger", "hotline", "service", confirm_all=True),))

    assert steps(None, night) == [("danger", "hotline")]
    assert steps(None, night, at=shanghai("2026-09-24 23:00")) == [("danger", "service")]


def test_when_both_have_confirmed_the_step_is_done():
    situation = Situation(
        events=(contact("service", "answered", number=1), contact("hotline", "solved", number=2))
    )

    assert steps(situation, DOUBLE) == [("chat", "shop"), ("chat", "service"), ("chat", "hotline")]


def test_the_last_call_leaves_time_to_wait():
    late = channel("late", hours=DESK, margin=timedelta(minutes=13))
    found = advised(None, playbook("p", (late,), (row("call", "late"),)))[0]

    assert found.last_call == shanghai("2026-09-24 20:47")


def test_the_same_question_gets_the_same_answer():
    assert advised() == advised()
