from django.urls import path

from cityloop.desk.whole_loop import pages

urlpatterns = [
    path("incidents/<str:number>", pages.incident),
    path("incidents/<str:number>/decide", pages.decide_on),
    path("incidents/<str:number>/verify", pages.verify),
    path("incidents/<str:number>/rework", pages.rework),
    path("incidents/<str:number>/void", pages.void),
]
