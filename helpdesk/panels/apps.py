from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "helpdesk.panels"
    label = "panels"
