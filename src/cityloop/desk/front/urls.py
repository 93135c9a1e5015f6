from django.urls import path

from cityloop.desk.front import pages

urlpatterns = [path("", pages.front)]
