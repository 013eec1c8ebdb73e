from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "تیکت‌ها"

    def ready(self) -> None:
        # The app is ready: declares this floor's letter kinds.
        from . import clock_letters, hand_letters, letters, moving_letters, rating_letters  # noqa: F401
