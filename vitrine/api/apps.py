from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "vitrine.api"
    label = "api"
