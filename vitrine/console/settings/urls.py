"""The settings' pages. Each reads; what changes something goes through the API, from the page's script."""

from django.urls import path

from vitrine.console.settings import account, audit, branding, keys, people, storage, webhooks

urlpatterns = [
    path("settings", account.start, name="settings"),
    path("settings/account", account.account, name="settings-account"),
    path("settings/people", people.people, name="settings-people"),
    path("settings/people/<uuid:person_id>", people.person, name="settings-person"),
    path("settings/keys", keys.keys, name="settings-keys"),
    path("settings/webhooks", webhooks.webhooks, name="settings-webhooks"),
    path("settings/webhooks/<uuid:endpoint_id>", webhooks.webhook, name="settings-webhook"),
    path("settings/audit", audit.audit, name="settings-audit"),
    path("settings/audit/export", audit.export, name="settings-audit-export"),
    path("settings/storage", storage.storage, name="settings-storage"),
    path("settings/retention", storage.retention, name="settings-retention"),
    path("settings/branding", branding.branding, name="settings-branding"),
]
