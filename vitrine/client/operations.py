"""What the client asks for: a test holds that each of these stands in contracts/openapi.yaml."""

from enum import Enum
from urllib.parse import quote


class Operation(Enum):
    """Method and path, as the contract writes them."""

    LOG_IN = ("POST", "/api/auth/token/")
    RENEW_TOKENS = ("POST", "/api/auth/token/refresh/")
    LOG_OUT = ("POST", "/api/auth/logout/")
    READ_ME = ("GET", "/api/auth/me/")
    LIST_KEYS = ("GET", "/api/keys/")
    MAKE_KEY = ("POST", "/api/keys/")
    REVOKE_KEY = ("DELETE", "/api/keys/{key_id}/")
    LIST_PRODUCTS = ("GET", "/api/assets/3d/")
    CREATE_PRODUCT = ("POST", "/api/assets/3d/")
    READ_PRODUCT = ("GET", "/api/assets/3d/{product_id}/")
    CHANGE_PRODUCT = ("PATCH", "/api/assets/3d/{product_id}/")
    DELETE_PRODUCT = ("DELETE", "/api/assets/3d/{product_id}/")
    OPTIMIZE_PRODUCT = ("POST", "/api/assets/3d/{product_id}/optimize")
    LIST_VERSIONS = ("GET", "/api/assets/3d/{product_id}/versions")
    CREATE_VERSION = ("POST", "/api/assets/3d/{product_id}/versions")
    PUBLISH_VERSION = ("POST", "/api/assets/3d/{product_id}/versions/{number}/publish")
    LIST_TASKS = ("GET", "/api/tasks/")
    READ_TASK = ("GET", "/api/tasks/{task_id}/")
    READ_UPLOAD_LIMITS = ("GET", "/api/uploads/")
    BEGIN_UPLOAD = ("POST", "/api/uploads/")
    READ_KNOWN_FILES = ("GET", "/api/uploads/known/")
    READ_UPLOAD = ("GET", "/api/uploads/{upload_id}/")
    COMPLETE_UPLOAD = ("POST", "/api/uploads/{upload_id}/complete")
    PUT_PART = ("PUT", "/api/uploads/{upload_id}/parts/{number}")

    def __init__(self, method: str, template: str) -> None:
        self.method, self.template = method, template

    def path(self, **names: object) -> str:
        return self.template.format(**{name: quote(str(value), safe="") for name, value in names.items()})
