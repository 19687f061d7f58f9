"""Which words a deadline gets in a subject and below the action, by whose it is and how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cases.models import Deadline, Reminder
from cases.services import mail_words as words
from tests.services.when import shanghai
from tracker.accounts.models import Language

DUE = shanghai("2026-09-01 21:15")


def deadline(whose: str) -> Deadline:
    return Deadline(whose=whose, due_at=DUE)


@pytest.mark.parametrize(
    ("whose", "step", "at", "how"),
    [
        pytest.param("mine", "day_before", "2026-08-31 21:15", words.AHEAD, id="mine, ahead"),
        pytest.param("mine", "due", "2026-09-01 21:15", words.AHEAD, id="mine, at the very moment"),
        pytest.param("mine", "due", "2026-09-01 21:16", words.DUE_NOW, id="mine, just now"),
        pytest.param("mine", "due", "2026-09-01 22:16", words.OVERDUE, id="mine, told over an hour late"),
        pytest.param("mine", "overdue_1", "2026-09-02 21:15", words.OVERDUE, id="mine, missed"),
        pytest.param("mine", "window_opens", "2026-09-01 09:00", words.OPENS, id="mine, may begin"),
        pytest.param("theirs", "window_opens", "2026-09-01 09:00", words.OPENS, id="theirs, may be asked"),
        pytest.param("theirs", "day_before", "2026-08-31 21:15", words.THEIRS, id="theirs, running"),
        pytest.param("theirs", "due", "2026-09-01 21:15", words.THEIRS_ENDED, id="theirs, over"),
    ],
)
def test_a_deadline_stands(whose: str, step: str, at: str, how: str):
    assert words.standing(deadline(whose), step, shanghai(at)) == how


@pytest.mark.parametrize(
    ("how", "language", "subject"),
    [
        (words.AHEAD, "en", "Until Tue 1 Sept 21:15: Send it"),
        (words.DUE_NOW, "en", "Due now, Tue 1 Sept 21:15: Send it"),
        (words.OVERDUE, "en", "Overdue since Tue 1 Sept 21:15: Send it"),
        (words.OPENS, "en", "From today until Tue 1 Sept 21:15: Send it"),
        (words.THEIRS, "en", "They have until Tue 1 Sept 21:15: Send it"),
        (words.THEIRS_ENDED, "en", "They had until Tue 1 Sept 21:15: Send it"),
        (words.AHEAD, "zh-hans", "9月1日周二 21:15截止：Send it"),
        (words.DUE_NOW, "zh-hans", "现在到期（9月1日周二 21:15）：Send it"),
        (words.OVERDUE, "zh-hans", "9月1日周二 21:15已到期：Send it"),
        (words.OPENS, "zh-hans", "今天起至9月1日周二 21:15：Send it"),
        (words.THEIRS, "zh-hans", "对方期限9月1日周二 21:15：Send it"),
        (words.THEIRS_ENDED, "zh-hans", "对方期限已过（9月1日周二 21:15）：Send it"),
    ],
)
def test_the_subject_says_whose_time_it_is(how: str, language: str, subject: str):
    with translation.override(language):
        when = words.short_moment(DUE, ZoneInfo("Asia/Shanghai"), Language(language))
        assert words.subject_of(how, when, "Send it", is_late=False) == subject


def row(**fields: Any) -> Reminder:
    return Reminder(due_at=DUE, **fields)


@pytest.mark.parametrize(
    ("fields", "at", "late"),
    [
        pytest.param({}, "2026-09-01 22:15", False, id="an hour"),
        pytest.param({}, "2026-09-01 22:16", True, id="more than an hour"),
        pytest.param(
            {"next_attempt_at": shanghai("2026-09-02 08:00")},
            "2026-09-02 08:01",
            False,
            id="held in quiet hours",
        ),
        pytest.param(
            {"next_attempt_at": shanghai("2026-09-02 08:00")},
            "2026-09-02 09:01",
            True,
            id="held, then an outage",
        ),
        pytest.param(
            {"next_attempt_at": shanghai("2026-09-02 08:00"), "attempts": 3},
            "2026-09-02 08:01",
            True,
            id="refused for long",
        ),
    ],
)
def test_what_was_held_back_on_purpose_is_not_late(fields: dict[str, Any], at: str, late: bool):
    assert words.is_late(row(**fields), shanghai(at)) is late


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Send the goods back", 19, "Send the goods back"),
        ("Send the goods, then wait", 16, "Send the goods…"),
        ("先寄回商品，再填写运单号，然后等待", 14, "先寄回商品，再填写运单号…"),
        ("Send the goods back", 3, "Send the…"),
    ],
)
def test_what_is_too_long_ends_with_an_ellipsis(text: str, length: int, short: str):
    assert words.shortened(text, length) == short


def test_a_moment_is_told_with_the_name_its_zone_has_then():
    berlin = ZoneInfo("Europe/Berlin")

    def named(at: datetime) -> str:
        return words.zone_name(at, berlin, Language.EN)

    # The clocks go back on 25 October 2026 at 3:00, which is 9:00 in Shanghai.
    assert named(shanghai("2026-10-25 08:59")) == "Central European Summer Time"
    assert named(shanghai("2026-10-25 09:00")) == "Central European Standard Time"
    assert words.moment(shanghai("2026-10-25 09:00"), berlin, Language.EN) == "Sun 25 Oct 2026 02:00"
