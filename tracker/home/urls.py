"""Addresses of what makes the site an app of a phone."""

from django.urls import path

from tracker.home import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("offline/", views.offline, name="offline"),
    path("session.json", views.session, name="session"),
    path("settings/phone/", views.install, name="install"),
]
