"""What roles, scopes, kinds of files and what was done are called on the settings' pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

ROLES: Words = {
    "viewer": _("Sees products, reports and numbers; changes nothing."),
    "editor": _("Uploads, changes, publishes and deletes products."),
    "admin": _("Does all that, and looks after people, keys and webhooks."),
}
ROLE_NAMES: Words = {"viewer": _("Viewer"), "editor": _("Editor"), "admin": _("Admin")}
SCOPES: Words = {
    "assets:read": _("Read products, versions and reports"),
    "assets:write": _("Upload, change, publish and delete products"),
    "analytics:read": _("Read what viewers told"),
    "metrics:read": _("Read the service’s own numbers"),
}
TOPICS: Words = {
    "product.created": _("A product was made"),
    "product.updated": _("A product was changed"),
    "product.published": _("A product was published"),
    "product.unpublished": _("A product was hidden"),
    "product.deleted": _("A product was deleted"),
    "product.restored": _("A product was brought back"),
    "version.created": _("A version arrived"),
    "version.ready": _("A version is ready"),
    "version.failed": _("A version failed its checks"),
    "ping": _("A test"),
}
STATES: Words = {"waiting": _("Waiting"), "delivered": _("Delivered"), "failed": _("Failed")}
KINDS: Words = {
    "preview": _("Previews: the first seconds of a page"),
    "mobile": _("For phones"),
    "web": _("For the web"),
    "android": _("For AR on Android"),
    "ios": _("For AR on iPhones (USDZ)"),
    "poster": _("Posters"),
    "thumbnail": _("Thumbnails"),
    "turntable": _("Turntables: small pictures from all around"),
}
ACTIONS: Words = {
    "login.succeeded": _("Logged in"),
    "login.failed": _("A login failed"),
    "login.ended": _("Logged out"),
    "login.all-ended": _("Ended every login"),
    "login.refresh-reused": _("A used token came again: its login ended"),
    "password.asked-for": _("Asked for a new password"),
    "password.changed": _("Changed a password"),
    "second-factor.set-up": _("Set up a second factor"),
    "second-factor.taken-off": _("Took off a second factor"),
    "second-factor.codes-drawn": _("Drew new recovery codes"),
    "key.created": _("Made an API key"),
    "key.revoked": _("Revoked an API key"),
    "key.used-from-a-new-place": _("An API key came from a new network"),
    "user.created": _("Added a person"),
    "user.invited": _("Invited a person"),
    "user.role-changed": _("Changed a role"),
    "user.deactivated": _("Deactivated a person"),
    "user.reactivated": _("Reactivated a person"),
    "user.erased": _("Erased a person"),
    "export.asked-for": _("Asked for the archive about a person"),
    "export.made": _("The archive about a person was made"),
    "export.downloaded": _("Downloaded the archive about a person"),
    "webhook.created": _("Made a webhook"),
    "webhook.changed": _("Changed a webhook"),
    "webhook.deleted": _("Deleted a webhook"),
    "webhook.secret-rotated": _("Rotated a webhook’s secret"),
    "webhook.tested": _("Tested a webhook"),
    "webhook.sent-again": _("Sent a delivery again"),
    "product.created": _("Made a product"),
    "product.updated": _("Changed a product"),
    "product.published": _("Published a product"),
    "product.unpublished": _("Hid a product"),
    "product.deleted": _("Deleted a product"),
    "product.restored": _("Brought a product back"),
    "product.purged": _("A deleted product’s files went for good"),
    "product.optimize-asked": _("Asked for another optimizing"),
    "version.created": _("A version arrived"),
    "version.noted": _("Wrote a note on a version"),
    "version.deleted": _("A version’s files went for good"),
    "campaign.begun": _("Began a campaign"),
    "campaign.promoted": _("Promoted products of a campaign"),
    "campaign.dropped": _("Dropped products of a campaign"),
    "campaign.rolled-back": _("Rolled products of a campaign back"),
    "view.created": _("Saved a view of the library"),
    "view.changed": _("Changed a saved view"),
    "view.deleted": _("Deleted a saved view"),
    "branding.changed": _("Changed the branding"),
    "retention.ran": _("Deleted what was past its retention"),
    "audit.cut": _("Cut off the log’s oldest entries"),
}
AREAS: Words = {
    "login.": _("Logins"),
    "password.": _("Passwords"),
    "second-factor.": _("Second factors"),
    "user.": _("People"),
    "export.": _("Archives about people"),
    "key.": _("API keys"),
    "webhook.": _("Webhooks"),
    "product.": _("Products"),
    "version.": _("Versions"),
    "campaign.": _("Campaigns"),
    "view.": _("Saved views"),
    "branding.": _("Branding"),
    "retention.": _("Retention"),
    "audit.": _("The log itself"),
}
"""Each stands for all actions that begin so."""
