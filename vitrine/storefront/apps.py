from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "vitrine.storefront"
    label = "storefront"
