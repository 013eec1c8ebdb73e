from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "افراد"

    def ready(self) -> None:
        from . import letters  # noqa: F401  app ready: declares this floor's letter kinds
