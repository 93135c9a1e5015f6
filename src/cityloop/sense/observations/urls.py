"""Routes of observations."""

from django.urls import path, re_path

from cityloop.sense.observations import api, pages

urlpatterns = [
    path("v1.1", api.root, name="sensorthings"),
    path("v1.1/", api.root),
    path("data", pages.data),
    path("data/<int:number>", pages.stream),
    re_path(r"^v1\.1/(?P<path>.+)$", api.resource, name="sensorthings-resource"),
]
