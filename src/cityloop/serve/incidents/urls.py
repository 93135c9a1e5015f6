from django.urls import path

from cityloop.serve.incidents import pages

urlpatterns = [path("photos/<str:name>", pages.photo)]
