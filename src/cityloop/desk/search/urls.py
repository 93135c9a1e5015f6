from django.urls import path

from cityloop.desk.search import pages

urlpatterns = [path("search", pages.search)]
