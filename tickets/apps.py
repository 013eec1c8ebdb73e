from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "تیکت‌ها"

    def ready(self) -> None:
        from . import letters, rating_letters, unsent_letters  # noqa: F401  app ready: declares this floor's letter kinds
