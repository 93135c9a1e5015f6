from django.urls import path

from cityloop.serve.orders import pages, worker_pages

urlpatterns = [
    path("orders", pages.desk),
    path("orders/bulk", pages.bulk),
    path("orders/mine", worker_pages.mine),
    path("orders/mine/<str:number>/verify", worker_pages.verify),
    path("orders/mine/<str:number>/<str:move>", worker_pages.act),
    path("orders/<str:number>", pages.detail),
    path("orders/<str:number>/<str:move>", pages.act),
]
