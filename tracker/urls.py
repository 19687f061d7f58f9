"""Every address of the site; what asks for no log-in is listed in tests/test_boundaries.py."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from tracker.health.views import healthz, readyz
from tracker.security_txt import security_txt

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("tracker.home.urls")),
    path("", include("tracker.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("cases.urls")),
]
