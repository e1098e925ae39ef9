from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "vitrine.processing"
    label = "processing"
