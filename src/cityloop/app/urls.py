"""Every feature's routes, found by its `urls.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver

handler400 = "cityloop.kernel.middleware.bad_request"
handler500 = "cityloop.kernel.middleware.server_error"

urlpatterns: list[URLPattern | URLResolver] = []

for _config in apps.get_app_configs():
    if _config.name.startswith("cityloop.") and find_spec(f"{_config.name}.urls") is not None:
        urlpatterns += import_module(f"{_config.name}.urls").urlpatterns
