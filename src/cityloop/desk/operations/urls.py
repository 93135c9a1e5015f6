from django.urls import path

from cityloop.desk.operations import pages

urlpatterns = [path("operations", pages.operations)]
