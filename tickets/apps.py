from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "تیکت‌ها"

    def ready(self) -> None:
        from tenants.services.files import learn_names  # app ready: the condition below needs models

        # The app is ready: declares this floor's letter kinds.
        from . import clock_letters, hand_letters, letters, moving_letters, rating_letters, unsent_letters  # noqa: F401
        from .writing import named_in_drafts  # app ready: as above

        learn_names(named_in_drafts)
