from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "vitrine.config"
    label = "config"

    def ready(self) -> None:
        import_module("vitrine.config.celery")  # so that every process rings at the same door
