"""The OpenAPI document keeps its word: no 5xx, and no status or shape that it does not name."""

import asyncio
import itertools
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from channels.signature import sign
from core.time import SECOND
from tests.stories.conftest import Build
from tests.stories.world import World

EXAMPLES = 12
SECRET = "for calls in this test alone"
_calls = itertools.count(1)
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.mark.asyncio
async def test_requests_made_from_the_document_find_no_5xx(build: Build) -> None:
    world = await build(rate_limit_address=10**9, hook_secret=SECRET)
    customer = await world.customer("zh")
    document = (await world.http.get("/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    loop = asyncio.get_running_loop()
    operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) >= 20

    for number, operation in enumerate(operations):
        widget = "/webchat/" in operation.path
        token = customer.token if widget else (await world.staff(f"admin-{number}", role="admin")).token
        signature = Signed(world.clock.now // SECOND) if "/hooks/" in operation.path else None
        await loop.run_in_executor(None, attack, operation, f"http://{world.address}", token, signature)

    # Whatever came in, the service still serves.
    await unharmed(world)


class Signed:
    """Signs the very bytes of a request, as another system would (an `auth` of the client)."""

    def __init__(self, timestamp: int) -> None:
        self.timestamp = timestamp

    def __call__(self, request: Any) -> Any:
        """See requests."""
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        id = f"call-{next(_calls)}"
        headers = {"webhook-id": id, "webhook-timestamp": str(self.timestamp)}
        request.headers.update({**headers, "webhook-signature": sign(SECRET, id, self.timestamp, body)})
        return request


def attack(operation: Any, address: str, token: str, signature: Signed | None) -> None:
    """Sends generated requests of one operation, fitting and unfitting ones."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def one(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, auth=signature)

    one()


async def unharmed(world: World) -> None:
    """A conversation from beginning to end."""
    customer = await world.customer("en")
    assert (await customer.says("how do I get an e-invoice")).citations
    await customer.does("close")
    assert await world.system.rows.unscored(10) == []
