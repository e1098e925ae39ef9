"""/ca.crt: the authority that a phone is to trust, for a service that runs with TLS=1."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vitrine.config.tls import tls_of


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """Under the type that makes a phone offer to install it. The key stays here."""
    file = tls_of(settings.DATA_DIR).authority
    if not settings.TLS or not file.is_file():
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="vitrine-ca.crt"', "Cache-Control": "no-store"}
    return HttpResponse(file.read_bytes(), content_type="application/x-x509-ca-cert", headers=headers)
