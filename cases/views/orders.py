"""Orders of a case and the numbers under which others know them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.forms.orders import NumberForm, OrderForm
from cases.models import Case, Order, OrderNumber
from cases.services import orders as order_service
from cases.services import playbooks
from cases.views.access import case_view
from cases.views.errors import tell
from cases.views.fragments import render_page_or_fragment, wants_fragment
from cases.views.submissions import submit_once
from tracker.accounts.models import User


@case_view("GET", "POST")
def orders(request: HttpRequest, case: Case) -> HttpResponse:
    form = OrderForm(request.POST) if request.method == "POST" else _blank(case)
    said = ""
    if form.is_valid():
        try:
            submit_once(request, lambda: _add(request, case, form))
            said = _("The order is added.")
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect("cases:orders", case.reference)
            form = _blank(case)
        except ValidationError as error:
            tell(form, error)
    return _page(request, case, form=form, said=said)


@case_view("POST")
def numbers(request: HttpRequest, case: Case, order_id: int) -> HttpResponse:
    """One more number of an order of this case."""
    order = get_object_or_404(case.orders, pk=order_id)
    form, said = NumberForm(request.POST), ""
    if form.is_valid():
        try:
            submit_once(request, lambda: _add_number(request, order, form))
            said = _("The number is added.")
            if not wants_fragment(request):
                messages.success(request, said)
                return redirect("cases:orders", case.reference)
            form = NumberForm()
        except ValidationError as error:
            tell(form, error)
    return _page(request, case, form=_blank(case), number_form=form, number_of=order, said=said)


def _blank(case: Case) -> OrderForm:
    playbook = playbooks.playbook_of(case)
    name = playbook.name.in_language(get_language() or "en") if playbook else ""
    return OrderForm(initial={"platform": name, "currency": case.currency})


def _add(request: HttpRequest, case: Case, form: OrderForm) -> str:
    order = order_service.add_order(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)
    return str(order.pk)


def _add_number(request: HttpRequest, order: Order, form: NumberForm) -> str:
    number = order_service.add_number(order=order, by=request.user, at=timezone.now(), **form.cleaned_data)
    return str(number.pk)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    form: OrderForm,
    number_form: NumberForm | None = None,
    number_of: Order | None = None,
    said: str = "",
) -> HttpResponse:
    rows = list(case.orders.prefetch_related("numbers"))
    refused = bool(form.errors or (number_form and number_form.errors))
    context: dict[str, Any] = {
        "case": case,
        "room": "orders",
        "form": form,
        "said": said,
        "orders": rows,
        "elsewhere": _elsewhere(request.user, case, rows),
        "blank_number_form": NumberForm(),
        "number_form": number_form,
        "number_of": number_of,
    }
    return render_page_or_fragment(request, "orders", context, status=422 if refused else 200)


def _elsewhere(user: User, case: Case, rows: list[Order]) -> dict[str, list[Case]]:
    """Numbers that stand in other cases of this user too, with those cases; one query for all."""
    mine = {number.number for order in rows for number in order.numbers.all()}
    others = (
        OrderNumber.objects.filter(number__in=mine, order__case__in=Case.objects.visible_to(user))
        .exclude(order__case=case)
        .select_related("order__case")
    )
    found: dict[str, list[Case]] = defaultdict(list)
    for other in others:
        if other.order.case not in found[other.number]:
            found[other.number].append(other.order.case)
    return dict(found)
