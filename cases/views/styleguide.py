"""Every part of the design language on one page, for whoever builds screens; there in DEBUG alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from cases.forms.contacts import QuickContactForm
from cases.models import Case, Deadline, Whose
from cases.rules.text import Text
from cases.services import playbooks
from cases.views.horizon import horizon_of
from cases.views.shown import show

LANGUAGES = ("zh-hans", "en")
INKS = ("ink", "ink-soft", "line", "line-strong")
GROUNDS = ("paper", "surface", "surface-sunk")
ACCENTS = ("accent", "accent-ink", "accent-wash", "accent-deep")
STATES = ("late", "late-wash", "soon", "soon-wash", "calm", "calm-wash", "done", "done-wash")
TONES = {
    "late": Text("已超时 3 小时", "3 h late"),
    "soon": Text("还剩 25 分钟", "25 min left"),
    "near": Text("明天", "tomorrow"),
    "calm": Text("还剩 9 天", "9 days left"),
    "waiting": Text("2 天后可以开始", "opens in 2 days"),
    "paused": Text("暂停计时", "paused"),
    "met": Text("已完成", "done"),
}
# As they are: outcomes of contacts and states of case files have the badge of their word.
WORDS = (
    "answered", "bot_only", "checked", "done", "failed", "no_answer", "promised", "ready", "refused",
    "solved",
)  # fmt: skip
ICONS = (
    "alert", "bell", "book", "calendar", "case-file", "cases", "chart", "chat", "check", "clock", "copy",
    "download", "edit", "email", "flag", "image", "language", "next", "open", "order", "pdf", "person",
    "phone", "plus", "search", "shield", "sound", "text", "today", "upload", "video",
)  # fmt: skip
LABELS = {
    "title": Text("给案件起个名字", "Give the case a title"),
    "amount": Text("争议金额", "Amount in dispute"),
    "day": Text("哪一天？", "Which day?"),
    "story": Text("发生了什么？", "What happened?"),
    "urgent": Text("情况紧急", "It is urgent"),
}
CALL = Text("对照准备清单拨打 400 客服电话。", "Call the hotline with the preparation list at hand.")
CLOSES = Text("在热线关闭前拨打", "Call before the hotline closes")
STEPS = (
    Text("需要拨打热线：11月22日周日 21:10。", "The hotline is the next step: Sun 22 Nov 21:10."),
    Text("客服每天 9:00–21:00 受理，最迟 20:47 拨打。", "It is open from 9:00 to 21:00: dial by 20:47."),
)


class SampleForm(forms.Form):
    """One field of each kind, to be refused."""

    title = forms.CharField()
    amount = forms.DecimalField(required=False)
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    story = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    urgent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name].label = label.in_language(translation.get_language() or "en")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """In the language of the reader, or in `?language=`; 404 where DEBUG is off. No query of its own."""
    if not settings.DEBUG:
        raise Http404
    asked = request.GET.get("language", "")
    with translation.override(asked if asked in LANGUAGES else translation.get_language()):
        return render(request, "cases/styleguide.html", _samples(timezone.now()))


def _samples(now: datetime) -> dict[str, Any]:
    title = Text("收到的不是我订的杯子", "Not the cup I ordered").in_language(
        translation.get_language() or "en"
    )
    case = Case(pk=0, reference="k7m2q9r4xw", title=title, playbook="douyin", created_at=now)
    case.may_write = True  # type: ignore[attr-defined]
    times = (-timedelta(hours=3), timedelta(minutes=25), timedelta(days=9))
    shown = show((_deadline(case, key, now + left) for key, left in enumerate(times)), at=now)
    channel = playbooks.all_playbooks()["douyin"].channels["hotline"]
    dialled = replace(playbooks.all_playbooks()["cn_bank"].channels["cn_bank.hotline_12378"], key="line")
    return {
        "now": now,
        "case": case,
        "shown": shown,
        "horizon": horizon_of(shown, at=now),
        "channel": channel,
        "dialled": dialled,
        "form": QuickContactForm(case=case),
        "refused_form": SampleForm({"amount": "-"}),
        "colours": (GROUNDS, INKS, ACCENTS, STATES),
        "tones": TONES,
        "words": WORDS,
        "icons": ICONS,
    }


def _deadline(case: Case, key: int, due_at: datetime) -> Deadline:
    citation = playbooks.all_playbooks()["douyin"].channels["hotline"].citation
    because = {
        "title": CLOSES.as_json(),
        "action": CALL.as_json(),
        "steps": [{"key": "step", "text": step.as_json()} for step in STEPS],
        "source": citation.as_json(),
    }
    whose = Whose.THEIRS if key == 1 else Whose.MINE
    return Deadline(
        pk=key, case=case, rule="douyin.hotline.closing", whose=whose, due_at=due_at, because=because
    )
