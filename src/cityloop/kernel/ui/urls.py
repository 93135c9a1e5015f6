"""Routes of every page's own switches."""

from django.urls import path

from cityloop.kernel.ui import pages

urlpatterns = [path("language", pages.language), path("theme", pages.theme)]
