"""Makes `{% load persian %}` known to Django; the package owns no models."""

from django.apps import AppConfig


class PersianConfig(AppConfig):
    """The ground of Persian text, dates and numbers."""

    name = "persian"
    verbose_name = "زبان و تقویم"
