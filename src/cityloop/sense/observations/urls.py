"""Routes of observations."""

from django.urls import path

from cityloop.sense.observations import pages

urlpatterns = [
    path("data", pages.data),
    path("data/<int:number>", pages.stream),
]
