"""Every operation of the contract, with every role, sent what it allows and what it does not (schemathesis).

Nothing breaks, and every answer is one that the contract tells of. The examples are the same in each run.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as chosen_settings
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders import a_job, a_product, a_user
from tests.contracts import the_contract
from vitrine.access import tokens
from vitrine.access.roles import Role
from vitrine.processing.live import STATION

_EXAMPLES = 12
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_OPERATIONS = [
    f"{method.upper()} {path}" for path, methods in the_contract()["paths"].items() for method in methods
]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request would close the one that holds the test's transaction; Django's own client sees to that, too."""
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield
    STATION.end()
    for signal in around:
        signal.connect(close_old_connections)


@pytest.fixture
def operations(_one_connection: None) -> dict[str, Any]:
    return every_operation()


@cache
def every_operation() -> dict[str, Any]:
    """By its label, spoken to without a network."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
    found: list[Any] = list(schema.get_all_operations())
    return {one.ok().label: one.ok() for one in found}


def test_none_is_left_out(operations: dict[str, Any]) -> None:
    assert set(operations) == set(_OPERATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
@pytest.mark.parametrize("label", _OPERATIONS)
def test_whatever_is_sent_the_answer_is_in_the_contract(
    operations: dict[str, Any], settings: Settings, label: str, role: Role | None
) -> None:
    settings.RATE_LIMITS = 0
    settings.ALLOWED_HOSTS = ["*"]
    headers = {"Authorization": f"Bearer {tokens.begin(a_user(role)).access}"} if role else {}
    there = {"product_id": str(a_product().pk), "task_id": str(a_job().pk), "number": 1}
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    cases = st.one_of([operations[label].as_strategy(generation_mode=mode) for mode in modes])

    @chosen_settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.booleans())
    def answers(case: Any, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters.update({name: there[name] for name in case.path_parameters if name in there})
        response = case.call(headers=headers)
        case.validate_response(response, checks=_CHECKS)

    answers()
