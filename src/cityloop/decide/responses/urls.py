from django.urls import path

from cityloop.decide.responses import pages

urlpatterns = [
    path("responses", pages.responses),
    path("responses/new", pages.edit),
    path("responses/<int:number>", pages.edit),
]
