from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "vitrine.privacy"
    label = "privacy"
