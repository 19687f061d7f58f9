"""The one door: who may see a case, who may change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from cases.models import Case, Membership, Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

P = ParamSpec("P")
CaseView = Callable[Concatenate[HttpRequest, Case, P], HttpResponseBase]


class CaseReferenceConverter:
    """Ten signs of the reference alphabet; whether such a case exists is not the URL's business."""

    regex = "[2-9b-df-hj-km-np-tv-xz]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def access_case(request: HttpRequest, ref: str, *, write: bool = False) -> Case:
    """The case, with `case.may_write` and `case.is_owned` set for templates, and the `case.membership` of the
    user, who has stopped all reminders since its `all_stopped_at`.

    Raises Http404, with one and the same answer, for strangers and for references that never were,
    and PermissionDenied for a reader who writes.
    """
    members = Membership.objects.select_related("case").filter(user_id=request.user.pk, case__reference=ref)
    membership = members.annotate(all_stopped_at=F("user__reminder_preferences__stopped_at")).first()
    if membership is None:
        raise Http404
    if write and not membership.may_write:
        raise PermissionDenied(
            _("You may read this case, not change it. Ask its owner to make you a helper.")
        )
    membership.user = request.user
    case: Case = membership.case
    case.membership = membership  # type: ignore[attr-defined]
    case.may_write = membership.may_write  # type: ignore[attr-defined]
    case.is_owned = membership.role == Role.OWNER  # type: ignore[attr-defined]
    return case


def case_view(
    *methods: str, by_readers: bool = False
) -> Callable[[CaseView[P]], Callable[..., HttpResponseBase]]:
    """Turn `view(request, case, ...)` into a view of `<ref>`: the door first, the method second.

    A stranger is told 404 whatever the method; GET also answers HEAD. `by_readers` lets readers in with
    every method, for what is theirs alone.
    """
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: CaseView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def admit(request: HttpRequest, ref: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_write = request.method not in SAFE_METHODS and not by_readers
            case = access_case(request, ref, write=is_write)
            if request.method == "OPTIONS":
                return HttpResponse(headers={"Allow": ", ".join([*allowed, "OPTIONS"])})
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, case, *args, **kwargs)

        return admit

    return decorate
