"""The client asks for nothing that the contract does not promise."""

from tests.contracts import the_contract
from vitrine.client.operations import Operation


def test_every_operation_stands_in_the_contract() -> None:
    contract = the_contract()
    promised = {(method.upper(), path) for path, methods in contract["paths"].items() for method in methods}

    asked = {(one.method, one.template) for one in Operation}

    assert asked <= promised


def test_names_in_a_path_cannot_leave_it() -> None:
    assert Operation.READ_TASK.path(task_id="../keys?x=1") == "/api/tasks/..%2Fkeys%3Fx%3D1/"
