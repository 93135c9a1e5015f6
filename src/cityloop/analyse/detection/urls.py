from django.urls import path

from cityloop.analyse.detection import pages

urlpatterns = [
    path("rules", pages.rules),
    path("rules/new", pages.add),
    path("rules/<int:number>", pages.rule),
    path("rules/<int:number>/edit", pages.edit),
    path("rules/<int:number>/enabled", pages.set_enabled),
]
