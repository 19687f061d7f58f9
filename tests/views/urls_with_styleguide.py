"""The addresses as they are in DEBUG."""

from django.urls import include, path

from tracker.urls import urlpatterns as of_the_site

urlpatterns = [path("", include("cases.debug_urls")), *of_the_site]
