from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "vitrine.insight"
    label = "insight"
