from django.urls import path

from cityloop.supervise.scores import pages

urlpatterns = [
    path("scores", pages.overview),
    path("scores/<str:number>", pages.detail),
]
