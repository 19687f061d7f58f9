"""What the user's own cases measured, beside what is usual."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.services import insights as insight_service
from cases.views.shown import span


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    channels = [
        (measure, span(measure.median_wait) if measure.median_wait and measure.is_enough else "")
        for measure in insight_service.channels_of(request.user)
    ]
    context = {
        "channels": channels,
        "promises": insight_service.promises_of(request.user),
        "money": insight_service.money_of(request.user),
        "enough": insight_service.ENOUGH,
    }
    return render(request, "cases/insights.html", context)
