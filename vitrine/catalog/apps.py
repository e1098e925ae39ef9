from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "vitrine.catalog"
    label = "catalog"
