"""VISTA's own addresses and, under /textbook/, the twin's."""

from django.urls import include, path

from vista.urls import handler400, handler403, handler404, handler500
from vista.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*ours, path("textbook/", include("benchmarks.textbook.urls"))]
