"""Routes of SensorThings."""

from django.urls import path, re_path

from cityloop.sense.sensorthings import api

urlpatterns = [
    path("v1.1", api.root, name="sensorthings"),
    path("v1.1/", api.root),
    re_path(r"^v1\.1/(?P<path>.+)$", api.resource, name="sensorthings-resource"),
]
