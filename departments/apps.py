from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "دپارتمان‌ها"

    def ready(self) -> None:
        from accounts.access import learn_rights  # app ready: the reader below imports models

        from . import letters  # noqa: F401  app ready: declares this floor's letter kinds
        from .places import rights_of  # app ready: as above

        learn_rights(rights_of)
