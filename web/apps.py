"""The ground every other app stands on."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "زمینه"

    def ready(self) -> None:
        from web.uploads import install  # app ready: requests are parsed our way from the first one on

        install()
