from django.urls import path

from cityloop.supervise.alarms import pages

urlpatterns = [path("alarms", pages.alarms)]
