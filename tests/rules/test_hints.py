"""Hints say what is to be seen, and keep quiet about screenshots that are as they should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.rules.hint_words import WORDS
from cases.rules.hints import Pictured, by_exhibit, hints
from cases.rules.readings_rows import Line
from tests.rules.screenshots import (
    RECEIVED,
    at,
    centred,
    chat,
    line,
    mine,
    pictured,
    status_bar,
    talk,
    theirs,
)


def told(*exhibits: Pictured) -> list[tuple[str, tuple[int, ...]]]:
    return [(hint.code, hint.numbers) for hint in hints(exhibits)]


ORDER_PAGE = [
    *status_bar("20:46"),
    centred("订单详情", 150),
    line("商家已发货", 60, 400),
    line("订单编号", 60, 600),
    line("6930112233445566778", 600, 600),
    line("实付款", 60, 800),
    line("¥128.00", 850, 800),
    line("下单时间", 60, 1000),
    line("2026-08-20 19:32:05", 640, 1000),
]


@pytest.mark.parametrize("clock", ["9:41", "09:41", "21:07", "上午9:41", "下午 9:07", "9:41 AM", "21:07 ⏰"])
def test_a_whole_screenshot_of_a_chat_gets_no_hint(clock: str):
    assert told(pictured(1, chat(clock=clock))) == []


def test_neither_does_an_order_page_nor_what_nothing_was_read_on():
    assert told(pictured(1, ORDER_PAGE), pictured(2, [])) == []


@pytest.mark.parametrize("clock", ["2107", "21.07", "5G 80%", "中国移动"])
def test_a_clock_that_the_machine_misread_is_not_missed(clock: str):
    lines = [line(clock, 60, 30), *chat()[2:]]

    assert told(pictured(1, lines)) == []


def test_a_screen_without_its_clock_is_noticed():
    assert told(pictured(1, ORDER_PAGE[2:])) == [("no_clock", (1,))]


def test_a_photograph_needs_no_clock():
    wide_label = [line("快递单号", 200, 1000), *(line("收件人", 200, 1200 + 100 * row) for row in range(5))]

    assert told(pictured(1, wide_label, is_photo=True)) == []
    # Sent on by a chat app, which takes away what the camera wrote: three by four, or nine by sixteen.
    assert told(pictured(2, wide_label, media_type="image/jpeg", height=1440)) == []
    assert told(pictured(3, wide_label, media_type="image/jpeg", height=1920)) == []


def test_a_page_of_a_contract_needs_no_clock():
    assert told(pictured(1, ORDER_PAGE[2:], media_type="application/pdf")) == []


def test_a_chat_without_the_name_of_the_other_side_is_noticed():
    lines = [*status_bar(), *talk(0, 6)]

    assert told(pictured(1, lines)) == [("no_name", (1,))]


def test_a_day_between_the_messages_is_no_name():
    lines = [*status_bar(), centred("昨天 20:15", 150, size=30), *talk(0, 6)]

    assert told(pictured(1, lines)) == [("no_name", (1,))]


def test_a_name_at_the_left_is_a_name():
    lines = [*status_bar(), line("小米旗舰店 >", 120, 150, size=48), *talk(0, 6)]

    assert told(pictured(1, lines)) == []


def cut(lines: list[Line], height: int) -> list[Line]:
    """The same lines on a picture of that height."""
    scale = 2400 / height
    return [
        replace(one, box=(one.box[0], int(one.box[1] * scale), one.box[2], int(one.box[3] * scale)))
        for one in lines
    ]


def test_bubbles_alone_look_like_a_part_that_was_cut_out():
    lines = cut(talk(0, 6, top=60), 1300)

    assert told(pictured(1, lines, height=1300)) == [("cut_out", (1,))]


def test_a_time_in_the_middle_of_a_cut_chat_is_no_clock():
    lines = cut([centred("20:15", 100, size=30), *talk(0, 5, top=260)], 1300)

    assert told(pictured(1, lines, height=1300)) == [("cut_out", (1,))]


def test_a_cut_chat_under_its_name_lacks_the_clock_alone():
    lines = cut([centred("小米旗舰店", 40), *talk(0, 5, top=260)], 1300)

    assert told(pictured(1, lines, height=1300)) == [("no_clock", (1,))]


def test_a_long_screenshot_has_its_clock_on_the_first_screen():
    lines = [*status_bar(), centred("小米旗舰店", 150), *talk(0, 10)]

    assert told(pictured(1, cut(lines, 9600), height=9600)) == []


@pytest.mark.parametrize(
    ("clock", "claimed", "codes"),
    [
        ("21:07", "2026-09-01 21:30", []),
        ("21:07", "2026-09-01 18:00", ["clock_differs"]),
        # Five to midnight and five past it are ten minutes apart.
        ("23:55", "2026-09-01 00:05", []),
        # A clock of twelve hours may be in the evening too; one with 上午 or a nought in front may not.
        ("9:41", "2026-09-01 21:30", []),
        ("9:41", "2026-09-01 14:00", ["clock_differs"]),
        ("09:41", "2026-09-01 21:30", ["clock_differs"]),
        ("上午9:41", "2026-09-01 21:30", ["clock_differs"]),
        ("下午9:41", "2026-09-01 21:30", []),
        ("中午12:10", "2026-09-01 12:00", []),
        ("上午12:10", "2026-09-01 00:20", []),
    ],
)
def test_the_clock_is_compared_with_the_time_that_is_stated(clock: str, claimed: str, codes: list[str]):
    exhibit = pictured(1, chat(clock=clock), claimed_at=at(claimed))

    assert [code for code, _numbers in told(exhibit)] == codes


def test_what_was_seen_is_said_in_both_languages():
    [hint] = hints([pictured(1, chat(clock="21:07"), claimed_at=at("2026-09-01 18:00"))])

    assert hint.seen.en == "The clock on the screen says 21:07, the time you state is 18:00."
    assert hint.seen.zh_hans == "屏幕上的时钟是 21:07，您填写的时间是 18:00。"
    assert hint.text.en.startswith(hint.seen.en + " The other side or the platform may ask")


def test_the_camera_knows_better_than_the_clock():
    exhibit = pictured(
        1, [], claimed_at=at("2026-09-01 18:00"), taken_at=at("2026-08-30 12:00"), is_photo=True
    )

    [hint] = hints([exhibit])

    assert hint.code == "camera_differs"
    assert (
        hint.seen.en == "The file itself says it was taken on 2026-08-30 12:00, you state 2026-09-01 18:00."
    )


def test_a_time_after_the_file_came_in_is_noticed():
    late = pictured(1, [], claimed_at=RECEIVED + timedelta(hours=2))
    close = pictured(2, [], claimed_at=RECEIVED + timedelta(minutes=5))

    assert told(late, close) == [("later_than_received", (1,))]


def test_a_program_that_edits_pictures_is_named():
    edited = pictured(1, [], software=("Adobe Photoshop 25.0 (Windows)", "Meitu 10.2"))
    phone = pictured(2, [], software=("HarmonyOS 4.2", "16.5.1", "Android AP1A.240405"))

    [hint] = hints([edited, phone])

    assert (hint.code, hint.numbers) == ("edited", (1,))
    assert hint.seen.en == "The file names a program that edits pictures: Adobe Photoshop, Meitu 美图."


def test_two_takes_of_one_screen_are_nearly_the_same():
    again = [line("21:09", 60, 30), *chat()[1:]]

    assert told(pictured(1, chat()), pictured(2, again)) == [("nearly_same", (1, 2))]


def test_two_orders_in_the_same_app_are_not():
    other = [
        replace(one, text=one.text.replace("6930112233445566778", "6930112233445566000"))
        for one in ORDER_PAGE
    ]

    assert told(pictured(1, ORDER_PAGE), pictured(2, other)) == []


def test_a_scrolled_chat_goes_on_where_the_last_picture_ended():
    first, second = pictured(1, chat(0, 6), contacts=(7,)), pictured(2, chat(5, 10), contacts=(7,))

    assert told(first, second) == []


def test_a_gap_between_two_pictures_of_a_chat_is_noticed():
    first, second = pictured(1, chat(0, 5), contacts=(7,)), pictured(2, chat(5, 10), contacts=(7,))

    [hint] = hints([first, second])

    assert (hint.code, hint.numbers) == ("gap", (1, 2))
    assert hint.seen.en == "What E1 ends with was not found on E2; a part in between may be missing."


def test_signs_that_were_misread_make_no_gap():
    misread = [
        replace(one, text=one.text.replace("非常抱歉，快递爆仓了", "非常抱欠，快递爆仓了"))
        for one in chat(5, 10)
    ]

    assert told(pictured(1, chat(0, 6), contacts=(7,)), pictured(2, misread, contacts=(7,))) == []


def test_pictures_sent_in_another_order_make_no_gap():
    begin, end, middle = chat(0, 4), chat(6, 10), chat(3, 7)
    sent = [pictured(number, lines, contacts=(7,)) for number, lines in enumerate((begin, end, middle), 1)]

    assert told(*sent) == []


def test_chats_with_others_or_of_another_day_are_not_compared():
    one = pictured(1, chat(0, 5), contacts=(7,))
    other_contact = pictured(2, chat(5, 10), contacts=(8,))
    other_name = pictured(3, chat(5, 10, name="抖音客服"), contacts=(7,))
    loose = pictured(4, chat(0, 5))
    next_day = pictured(5, chat(5, 10), received_at=RECEIVED + timedelta(days=1))

    assert "gap" not in {code for code, _numbers in told(one, other_contact)}
    assert "gap" not in {code for code, _numbers in told(one, other_name)}
    assert "gap" not in {code for code, _numbers in told(loose, next_day)}


def test_pictures_sent_together_under_one_name_are_compared():
    first, second = pictured(1, chat(0, 5)), pictured(2, chat(5, 10))

    assert told(first, second) == [("gap", (1, 2))]


def test_the_same_screen_twice_makes_no_gap():
    first, second = pictured(1, chat(), contacts=(7,)), pictured(2, chat(), contacts=(7,))

    assert told(first, second) == [("nearly_same", (1, 2))]


def test_a_copy_with_a_part_blacked_out_makes_no_gap_and_each_gap_is_told_once():
    begin, end = chat(0, 5), chat(5, 10)
    blacked_out = [one for one in begin if one.text != "亲，这边帮您查一下"]
    sent = [pictured(number, lines) for number, lines in enumerate((begin, end, blacked_out), 1)]

    assert [numbers for code, numbers in told(*sent) if code == "gap"] == [(1, 2)]


def test_a_list_of_orders_is_no_chat():
    lines = [*status_bar(), centred("我的订单", 150)]
    for top in (300, 900, 1500):
        lines += [line("小米旗舰店", 60, top), line("交易成功", 860, top)]
        lines += [line("无线耳机降噪长续航", 300, top + 120), line("¥128.00", 850, top + 120)]
        lines += [line("实付款 ¥128.00", 760, top + 280)]
        lines += [line("查看物流", 560, top + 400), line("再来一单", 860, top + 400)]

    assert told(pictured(1, lines)) == []


def test_a_hint_about_two_exhibits_stands_at_both():
    found = hints([pictured(1, chat(0, 5), contacts=(7,)), pictured(2, chat(5, 10), contacts=(7,))])

    assert {number: [hint.code for hint in at_it] for number, at_it in by_exhibit(found).items()} == {
        1: ["gap"],
        2: ["gap"],
    }


def test_no_hint_promises_or_accuses():
    for texts in WORDS.values():
        for text in texts:
            for word in ("forged", "authentic", "guarantee", "must", "伪造", "造假", "保证", "必须", "一定"):
                assert word not in text.in_language("en") + text.in_language("zh")


boxes = st.tuples(*(st.integers(0, 10_000) for _number in range(4)))
words = st.sampled_from(
    ("21:07", "上午9:41", "昨天 20:15", "小米旗舰店", "好的", "", "¥12", "99:99", "١٢:٣٠", "²³")
)
read = st.builds(Line, st.integers(1, 2), words | st.text(max_size=12), st.integers(0, 1000), boxes)
sizes = st.sampled_from((None, 0, 1, 1080, 2400, 60_000))
anything = st.builds(
    lambda lines, width, height, contacts: pictured(
        1, lines, width=width, height=height, contacts=contacts, claimed_at=at("2026-09-01 21:00")
    ),
    st.lists(read, max_size=12),
    sizes,
    sizes,
    st.sampled_from(((), (7,))),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(anything, max_size=4))
def test_whatever_was_read_hints_can_be_told_in_one_order(exhibits: list[Pictured]):
    numbered = [replace(exhibit, number=number) for number, exhibit in enumerate(exhibits, 1)]

    found = hints(numbered)

    assert found == hints(numbered[::-1])
    assert len({(hint.code, hint.numbers) for hint in found}) == len(found)
    assert all(1 <= number <= len(numbered) for hint in found for number in hint.numbers)


def test_bubbles_are_where_they_are_drawn():
    assert theirs("你好", 400).box == (1666, 1666, 777, 175)
    assert mine("你好", 400).box == (7555, 1666, 777, 175)
