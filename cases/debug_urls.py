"""What is there in DEBUG alone, for whoever builds screens."""

from django.urls import path

from cases.views import styleguide

urlpatterns = [path("styleguide/", styleguide.styleguide, name="styleguide")]
