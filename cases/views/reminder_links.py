"""What links in mails open, without log-in: one reminder to act on, and the stopping of mails.

Opening changes nothing, since programs that look for harm in mails open every link; a second tap acts.
A page shows what the mail said and no more: whoever holds a mail that was passed on is not its user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.forms.contacts import QuickContactForm
from cases.models import Deadline, OwnReminder
from cases.services import mail_items, playbooks, reminder_acts, reminder_links, reminder_stops
from cases.services.own_playbooks import PREFIX
from cases.services.reminder_links import Link, LinkRefused, Refusal, UnsubscribeLink
from cases.services.reminder_preferences import preferences_of
from cases.views.errors import tell
from cases.views.shown import ShownDeadline, show
from cases.views.submissions import submit_once
from cases.views.unlisted import unlisted
from tracker.accounts.models import User

# What takes the place of “done” where the other side promised something.
PROMISE_ACTS = ("kept", "broken")
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058

TokenView = Callable[[HttpRequest, str], HttpResponse]


def by_token(view: TokenView) -> TokenView:
    """A page that its token alone opens.

    Without a CSRF token, and so without a cookie: no cookie gives a request any right here, only the token
    in its address does, and another site that knew it could as well use it itself.
    """

    @wraps(view)
    def admit(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except LinkRefused as refused:
            response = _refused(request, refused)
        return response

    return csrf_exempt(unlisted(require_http_methods(["GET", "HEAD", "POST"])(admit)))


@contextmanager
def speaking_to(user: User) -> Iterator[None]:
    """In the language and on the clock of whom the mail went to, whoever's browser it is."""
    with translation.override(user.language), timezone.override(user.zone):
        yield


@by_token
def reminder_link(request: HttpRequest, token: str) -> HttpResponse:
    link = reminder_links.open_link(token, at=timezone.now())
    with speaking_to(link.user):
        if request.method == "POST":
            return _act(request, link)
        became = reminder_acts.what_became_of(link)
        return _answer(request, link, became) if became else _offer(request, link)


def _act(request: HttpRequest, link: Link) -> HttpResponse:
    do, form = request.POST.get("do", ""), None
    if do == "log" and _may_log(link):
        form = QuickContactForm(request.POST, case=link.case)
        if not form.is_valid():
            return _offer(request, link, form=form, status=422)
    try:
        said = submit_once(request, lambda: _done_now(link, do, form))
    except PermissionDenied as denied:
        return _offer(request, link, error=str(denied), status=403)
    except ValidationError as error:
        if form is None:
            return _offer(request, link, error=" ".join(error.messages), status=422)
        tell(form, error)
        return _offer(request, link, form=form, status=422)
    return _answer(request, link, said)


def _done_now(link: Link, do: str, form: QuickContactForm | None) -> str:
    """Do it, unless it is over; returns what to tell the user. What happened is logged in any case."""
    now = timezone.now()
    if form is not None:
        return reminder_acts.log_contact(link, at=now, **form.cleaned_data)
    if became := reminder_acts.what_became_of(link):
        return became
    if do == "tomorrow":
        return reminder_acts.put_off(link, at=now)
    if do == "done":
        return reminder_acts.mark_done(link, at=now)
    reminder_acts.refuse_readers(link)
    if do in PROMISE_ACTS and _is_promise(link):
        return reminder_acts.settle_promise(link, is_kept=do == "kept", at=now)
    raise ValidationError(_("Nothing was changed. Choose one of the buttons."))


def _offer(
    request: HttpRequest,
    link: Link,
    *,
    form: QuickContactForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """What the mail told of, and what can be done about it, the action that was tapped first."""
    offered = [action for action in reminder_links.ACTIONS if _may(link, action)]
    asked = request.POST.get("do") or request.GET.get("do", "")
    chosen = asked if asked in offered else offered[0]
    if form is None and chosen == "log":
        shown = _shown(link)
        form = QuickContactForm(case=link.case, initial={"channel": shown.channel if shown else ""})
    context = {
        "item": mail_items.item_of(link.reminder, _reading(link.user)),
        "deadline": link.reminder.deadline,
        "moved": reminder_acts.moved_since(link),
        "is_promise": _is_promise(link),
        "chosen": chosen,
        "others": [action for action in offered if action != chosen],
        "form": form,
        "error": error,
        "may_end": _may(link, "done"),
    }
    return _page(request, "reminder_link", context, status)


def _shown(link: Link) -> ShownDeadline | None:
    return show([link.about], at=timezone.now())[0] if isinstance(link.about, Deadline) else None


def _is_promise(link: Link) -> bool:
    shown = _shown(link)
    return shown is not None and shown.answered_by == "promise"


def _may(link: Link, action: str) -> bool:
    """A reader changes nothing of the case; an own reminder is its user's, whoever that is."""
    may_end = link.may_write or isinstance(link.about, OwnReminder)
    return {"log": _may_log(link), "done": may_end}.get(action, True)


def _may_log(link: Link) -> bool:
    """Whoever may write, in an open case; not from an address that nobody confirmed where a user named
    the channels: such an address is told no text that users wrote.
    """
    if not link.may_write or link.case.is_closed:
        return False
    by_users = any(playbook.key.startswith(PREFIX) for playbook in playbooks.playbooks_of(link.case))
    return not by_users or _reading(link.user).is_confirmed


def _reading(user: User) -> mail_items.Reading:
    is_confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    return mail_items.Reading(user, is_confirmed, timezone.now())


def _answer(request: HttpRequest, link: Link, said: str) -> HttpResponse:
    """What was done, or what became of it; the rest needs log-in."""
    item = mail_items.item_of(link.reminder, _reading(link.user))
    return _page(request, "reminder_link_answer", {"said": said, "item": item, "case": link.case})


def _refused(request: HttpRequest, refused: LinkRefused) -> HttpResponse:
    """Why the link opens nothing, and what to do: as to a stranger where it is none of ours."""
    with speaking_to(refused.user) if refused.user else nullcontext():
        heading, sentence = _refusals()[refused.why]
        status = 404 if refused.why == Refusal.FORGED else 410
        return _page(request, "reminder_link_refused", {"heading": heading, "sentence": sentence}, status)


def _page(request: HttpRequest, name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """In the language that is active here, which need not be the browser's."""
    language = translation.get_language()
    response = render(request, f"cases/{name}.html", {**context, "language": language}, status=status)
    response["Content-Language"] = language
    return response


def _refusals() -> dict[Refusal, tuple[str, str]]:
    ended = _("This link no longer works")
    return {
        Refusal.FORGED: (
            _("There is nothing at this address"),
            _("The link is incomplete or was never valid. Open it from the mail once more, or log in."),
        ),
        Refusal.EXPIRED: (
            _("This link is too old"),
            _("Links that act work for 14 days, links that stop mails for a year. Log in to go on."),
        ),
        Refusal.CHANGED: (
            ended,
            _("Your password or email address was changed after this mail was sent. Log in to go on."),
        ),
        Refusal.INACTIVE: (
            ended,
            _("The account that this mail was for is switched off. Ask whoever runs this site."),
        ),
        Refusal.NO_MEMBER: (
            ended,
            _("You are no longer a member of this case. Ask its owner, or log in to see your other cases."),
        ),
        Refusal.GONE: (
            ended,
            _("What this mail was about was removed since. Log in to see your cases."),
        ),
    }


@by_token
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    link = reminder_links.open_unsubscribe(token, at=timezone.now())
    with speaking_to(link.user):
        said, status = _stop_or_resume(request, link) if request.method == "POST" else ("", 200)
        if link.membership is not None:
            link.membership.refresh_from_db(fields=["reminders_stopped_at"])
        context = {
            "said": said,
            "is_error": status != 200,
            "is_stopped": preferences_of(link.user).stopped_at is not None,
            "membership": link.membership,
            # No title: the link opens for a year, whoever reads that mailbox by then.
            "case_name": link.membership.case.reference if link.membership else "",
        }
        return _page(request, "unsubscribe", context, status)


def _stop_or_resume(request: HttpRequest, link: UnsubscribeLink) -> tuple[str, int]:
    """Do what was asked, by a button or by the mail program's own; (what to say, status)."""
    user, now, do = link.user, timezone.now(), request.POST.get("do", "")
    case = link.membership.case if link.membership else None
    name, value = ONE_CLICK
    if do == "stop_all" or request.POST.get(name) == value:
        reminder_stops.stop_all(user, at=now)
        return _("Stopped. No more reminders and summaries come by mail."), 200
    if do == "resume_all":
        reminder_stops.resume_all(user, at=now)
        return _("Reminders come again."), 200
    if do == "stop_case" and case is not None:
        reminder_stops.stop_case(case, user, at=now)
        return _("Stopped for this case."), 200
    if do == "resume_case" and case is not None:
        reminder_stops.resume_case(case, user)
        return _("Reminders of this case come again."), 200
    return _("Nothing was changed. Choose one of the buttons."), 422
