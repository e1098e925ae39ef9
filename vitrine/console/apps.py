from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "vitrine.console"
    label = "console"
