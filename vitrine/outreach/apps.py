from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "vitrine.outreach"
    label = "outreach"
