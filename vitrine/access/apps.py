from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "vitrine.access"
    label = "access"
    verbose_name = "Access"
