"""The service answers as its OpenAPI document says, to callers who follow it and to those who do not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from packs.telecom.backoffice import data
from packs.telecom.backoffice.service import application
from packs.telecom.backoffice.store import Store
from tests.unit.backoffice.offices import NOON, Office

OPERATIONS = {
    "find_customer", "get_line", "outage_by_district", "list_plans", "preview_plan_change", "change_plan", "list_bills",
    "explain_bill", "list_appointment_slots", "book_appointment", "cancel_appointment", "suspend_line", "resume_line",
    "line_diagnosis", "restart_port", "register_callback", "callback_window", "list_lines", "verify_customer", "send_code",
}  # fmt: skip


def _operations(document: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def test_document_names_every_operation(office: Office) -> None:
    document = await office.get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    operations = _operations(document)
    assert set(operations) == OPERATIONS
    for name, (method, path, operation) in operations.items():
        assert not path.startswith("/_test")
        keyed = (
            [each for each in operation["parameters"] if each["in"] == "header"]
            if "parameters" in operation
            else []
        )
        assert (method == "post") == bool(keyed), name
        assert all(each["name"] == "Idempotency-Key" and each["required"] for each in keyed)
        for status, answer in operation["responses"].items():
            schema = answer["content"]["application/json"]["schema"]["$ref"]
            assert schema.endswith("/Failure") == (status != "200"), (name, status)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]

CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("find_customer", "/customers?phone=%2B86 138-0000-0109", None),
    ("list_lines", "/customers/C1004/lines?kind=tv", None),
    ("get_line", "/lines/L1004-3", None),
    ("outage_by_district", "/outages?district=江北&service=broadband", None),
    ("list_plans", "/plans", None),
    ("preview_plan_change", "/lines/L1001-1/plan-change?plan_id=bundle-239", None),
    ("change_plan", "/lines/L1001-1/plan-change", {"plan_id": "mobile-99"}),
    ("list_bills", "/customers/C1010/bills", None),
    ("explain_bill", "/customers/C1010/bills/latest", None),
    ("list_appointment_slots", "/appointment-slots?district=Nanhu&from=2026-11-23&days=3", None),
    (
        "book_appointment",
        "/appointments",
        {"slot_id": "nanhu-20261124-0830", "phone": "13800000109", "contract": False},
    ),
    ("cancel_appointment", "/appointments/A100001/cancel", {"phone": "13800000109"}),
    ("suspend_line", "/lines/L1001-1/suspend", {"reason": "stolen"}),
    ("resume_line", "/lines/L1001-1/resume", None),
    ("line_diagnosis", "/lines/L1002-2/diagnosis", None),
    ("restart_port", "/lines/L1002-2/restart-port", None),
    ("callback_window", "/callbacks/window?day=2026-11-23&at=15:00", None),
    ("register_callback", "/callbacks", {"phone": "13800000101", "at": "2026-11-23T15:00:00+08:00"}),
    ("send_code", "/verification/codes", {"phone": "13800000101"}),
    ("verify_customer", "/verification", {"phone": "13800000101", "last4": "1024"}),
]


async def test_every_operation_answers_as_described(office: Office) -> None:
    document = await office.get("/openapi.json")
    operations = _operations(document)
    assert [name for name, _, _ in CALLS] and {name for name, _, _ in CALLS} == OPERATIONS
    for name, path, body in CALLS:
        method, _, operation = operations[name]
        response = await office.http.request(
            method, path, json=body, headers={"Idempotency-Key": f"contract-{name}"}
        )
        assert response.status_code == 200, (name, response.text)
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator(
            {**schema, "components": document["components"]}, validate_formats=True
        )
        validator.validate(response.json())


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """operationId → what schemathesis reads of it in the document."""
    store = Store(tmp_path_factory.mktemp("described"), lambda: NOON)
    store.write(data.seed)
    schema = schemathesis.openapi.from_asgi("/openapi.json", application(store))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    yield {operation.definition.raw["operationId"]: operation for operation in found}
    store.close()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_generated_requests_are_answered_as_described(described: dict[str, Any], name: str) -> None:
    @given(case=described[name].as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def answered(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    answered()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "path_unknown"),
        ("DELETE", "/plans", 405, "method_not_allowed"),
        ("GET", "/lines/x", 422, "invalid_request"),
        ("GET", "/lines/L9999-1", 404, "line_unknown"),
        ("GET", "/customers?phone=13900000000", 404, "customer_unknown"),
        ("GET", "/outages?district=火星", 404, "district_unknown"),
        ("GET", "/customers/C1001/bills/2020-01", 404, "bill_unknown"),
        ("GET", "/lines/L1001-1/plan-change?plan_id=mobile-1", 422, "invalid_request"),
        ("GET", "/lines/L1001-1/plan-change?plan_id=mobile-11", 404, "plan_unknown"),
        ("GET", "/appointment-slots?district=nanhu&days=0", 422, "invalid_request"),
        ("POST", "/lines/L1001-2/restart-port", 400, "key_missing"),
    ],
)
async def test_failures_have_one_shape(
    office: Office, method: str, path: str, status: int, code: str
) -> None:
    response = await office.http.request(method, path)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code and error["message"]
    assert set(response.json()) == {"error"} and set(error) == {"code", "message"}


async def test_token_is_asked_of_everybody(tmp_path: Path) -> None:
    office = Office(tmp_path, token="right")
    async with office.http:
        assert (await office.http.get("/plans")).json()["error"]["code"] == "unauthorized"
        for wrong in ("Bearer wrong", "Bearer ", "Basic right", "right"):
            assert (await office.http.get("/plans", headers={"Authorization": wrong})).status_code == 401
        assert (await office.http.get("/_test/keys")).status_code == 401
        good = await office.http.get("/plans", headers={"Authorization": "Bearer right"})
        assert good.status_code == 200
        assert (await office.http.get("/healthz")).status_code == 200
    office.store.close()


async def test_switches_are_absent_unless_asked_for(tmp_path: Path) -> None:
    office = Office(tmp_path, test_switches=False)
    async with office.http:
        for path in ("/_test/keys", "/_test/codes", "/_test/effects"):
            assert (await office.http.get(path)).status_code == 404
        assert (await office.http.post("/_test/faults", json={"mode": "down"})).status_code == 404
    office.store.close()


async def test_answers_repeat_no_private_value_in_an_error(office: Office) -> None:
    response = await office.http.post(
        "/verification", json={"phone": "13800000101", "last4": "abcdef"}, headers={"Idempotency-Key": "k"}
    )
    assert response.status_code == 422
    assert "abcdef" not in response.text


def test_document_is_the_same_for_a_plain_client(process: Any) -> None:
    assert httpx.get(f"{process.url}/openapi.json").json()["info"]["title"] == "Skybridge back office"
