from django.urls import path

from cityloop.kernel.people import pages

urlpatterns = [
    path("sign-in", pages.sign_in),
    path("sign-out", pages.sign_out),
    path("password", pages.password),
    path("people", pages.people_list),
    path("people/enter", pages.enter),
    path("people/<int:number>/active", pages.set_active),
]
