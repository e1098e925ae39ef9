"""Every path of the API. Each answers with and without its trailing slash, without a redirect."""

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from vitrine.api import (
    analytics,
    audit,
    auth,
    branding,
    bulk,
    campaigns,
    deleted,
    duplicates,
    events,
    keys,
    live,
    numbers,
    privacy,
    problem_pages,
    products,
    response_times,
    saved_views,
    second_factor,
    system,
    tasks,
    uploads,
    users,
    versions,
    webhooks,
)


def both(route: str, view: Any, name: str) -> list[URLPattern]:
    """`route` with its slash and without."""
    return [path(f"{route}/", view, name=name), path(route, view)]


urlpatterns = [
    *both("api/assets/3d", products.Products.as_view(), "products"),
    *both("api/assets/3d/bulk", bulk.Bulk.as_view(), "bulk"),
    *both("api/assets/3d/deleted", deleted.Deleted.as_view(), "deleted-products"),
    *both("api/assets/3d/<uuid:product_id>", products.OneProduct.as_view(), "product"),
    *both("api/assets/3d/<uuid:product_id>/optimize", versions.Optimize.as_view(), "optimize"),
    *both("api/assets/3d/<uuid:product_id>/restore", bulk.Restore.as_view(), "restore"),
    *both("api/assets/3d/<uuid:product_id>/versions", versions.Versions.as_view(), "versions"),
    *both("api/assets/3d/<uuid:product_id>/versions/<int:number>", versions.OneVersion.as_view(), "version"),
    *both(
        "api/assets/3d/<uuid:product_id>/versions/<int:number>/report", versions.Report.as_view(), "report"
    ),
    *both(
        "api/assets/3d/<uuid:product_id>/versions/<int:number>/publish", versions.Publish.as_view(), "publish"
    ),
    *both(
        "api/assets/3d/<uuid:product_id>/versions/<int:number>/preview", versions.Preview.as_view(), "preview"
    ),
    *both("api/uploads", uploads.Uploads.as_view(), "uploads"),
    *both("api/uploads/known", duplicates.Known.as_view(), "known-files"),
    *both("api/uploads/<uuid:upload_id>", uploads.OneUpload.as_view(), "upload"),
    *both("api/uploads/<uuid:upload_id>/parts/<int:number>", uploads.OnePart.as_view(), "upload-part"),
    *both("api/uploads/<uuid:upload_id>/complete", uploads.Complete.as_view(), "complete-upload"),
    *both("api/views", saved_views.Views.as_view(), "views"),
    *both("api/views/<uuid:view_id>", saved_views.OneView.as_view(), "view"),
    *both("api/campaigns", campaigns.Campaigns.as_view(), "campaigns"),
    *both("api/campaigns/<uuid:campaign_id>", campaigns.OneCampaign.as_view(), "campaign"),
    *both("api/campaigns/<uuid:campaign_id>/items", campaigns.CampaignItems.as_view(), "campaign-items"),
    *both("api/campaigns/<uuid:campaign_id>/promote", campaigns.Promote.as_view(), "campaign-promote"),
    *both("api/campaigns/<uuid:campaign_id>/drop", campaigns.Drop.as_view(), "campaign-drop"),
    *both("api/campaigns/<uuid:campaign_id>/roll-back", campaigns.RollBack.as_view(), "campaign-roll-back"),
    *both("api/tasks", tasks.Tasks.as_view(), "tasks"),
    *both("api/tasks/stream", live.TaskStream.as_view(), "task-stream"),
    *both("api/tasks/<uuid:task_id>", tasks.OneTask.as_view(), "task"),
    *both("api/assets/3d/<uuid:product_id>/analytics", analytics.OfProduct.as_view(), "product-analytics"),
    *both("api/analytics", analytics.Summary.as_view(), "analytics"),
    *both("api/analytics/<str:topic>", analytics.OneTopic.as_view(), "analytics-topic"),
    *both("api/response-times", response_times.ResponseTimes.as_view(), "response-times"),
    *both("api/events", events.Events.as_view(), "events"),
    *both("api/webhooks", webhooks.Webhooks.as_view(), "webhooks"),
    *both("api/webhooks/<uuid:endpoint_id>", webhooks.OneWebhook.as_view(), "webhook"),
    *both("api/webhooks/<uuid:endpoint_id>/rotate", webhooks.Rotate.as_view(), "webhook-rotate"),
    *both("api/webhooks/<uuid:endpoint_id>/test", webhooks.Test.as_view(), "webhook-test"),
    *both("api/webhooks/<uuid:endpoint_id>/deliveries", webhooks.Deliveries.as_view(), "deliveries"),
    *both(
        "api/webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>",
        webhooks.OneDelivery.as_view(),
        "delivery",
    ),
    *both(
        "api/webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/redeliver",
        webhooks.Redeliver.as_view(),
        "redeliver",
    ),
    *both("api/audit", audit.Audit.as_view(), "audit"),
    *both("api/auth/token", auth.Token.as_view(), "token"),
    *both("api/auth/token/refresh", auth.TokenRefresh.as_view(), "token-refresh"),
    *both("api/auth/logout", auth.Logout.as_view(), "log-out"),
    *both("api/auth/password", auth.OwnPassword.as_view(), "own-password"),
    *both("api/auth/second-factor", second_factor.Factor.as_view(), "second-factor"),
    *both("api/auth/second-factor/confirm", second_factor.Confirmation.as_view(), "second-factor-confirm"),
    *both("api/auth/second-factor/codes", second_factor.Codes.as_view(), "recovery-codes"),
    *both("api/auth/logout/everywhere", auth.Everywhere.as_view(), "log-out-everywhere"),
    *both("api/auth/me", auth.Me.as_view(), "me"),
    *both("api/auth/me/export", privacy.OwnExport.as_view(), "own-export"),
    *both("api/auth/me/export/file", privacy.OwnExportFile.as_view(), "own-export-file"),
    *both("api/privacy", privacy.Rules.as_view(), "privacy-rules"),
    *both("api/privacy/retention", privacy.Retention.as_view(), "retention"),
    *both("api/users/<uuid:person_id>/export", privacy.PersonExport.as_view(), "user-export"),
    *both("api/users/<uuid:person_id>/erase", privacy.ErasePerson.as_view(), "user-erase"),
    *both("api/keys", keys.Keys.as_view(), "keys"),
    *both("api/keys/<uuid:key_id>", keys.OneKey.as_view(), "key"),
    *both("api/users", users.People.as_view(), "users"),
    *both("api/users/<uuid:person_id>", users.OnePerson.as_view(), "user"),
    *both("api/users/<uuid:person_id>/invite", users.Invitation.as_view(), "invite-user"),
    *both("api/branding", branding.Branding.as_view(), "branding"),
    *both("api/branding/logo", branding.Logo.as_view(), "branding-logo"),
    *both("api/schema", SpectacularAPIView.as_view(), "schema"),
    *both("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), "docs"),
    *both("docs/problems", problem_pages.every_problem, "problems"),
    *both("docs/problems/<slug:code>", problem_pages.one_problem, "problem"),
    *both("metrics", numbers.Metrics.as_view(), "metrics"),
    *both("health/live", system.live, "live"),
    *both("health/ready", system.ready, "ready"),
]
