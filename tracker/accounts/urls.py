"""Addresses of the user's own pages; log-in and its relatives are django-allauth's."""

from django.urls import path

from tracker.accounts import reminder_settings, views

urlpatterns = [
    # Before allauth's own page at the same address.
    path("accounts/email/", views.AddressesView.as_view(), name="account_email"),
    path("settings/", views.settings, name="settings"),
    path("settings/calendar/", views.calendar_address, name="calendar-address"),
    path("settings/reminders/", reminder_settings.preferences, name="reminder-settings"),
    path("settings/reminders/all/", reminder_settings.all_reminders, name="all-reminders"),
]
