from django.urls import path

from cityloop.desk.incidents import pages

urlpatterns = [path("incidents", pages.incident_list)]
