from django.urls import path

from cityloop.kernel.telemetry import pages

urlpatterns = [
    path("livez", pages.livez),
    path("readyz", pages.readyz),
    path("metrics", pages.metrics),
]
