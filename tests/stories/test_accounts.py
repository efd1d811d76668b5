"""Service people's accounts: signing in and out, roles that nest, passwords, and errors in one shape."""

import pytest

from app.http.accounts import SIGN_INS_PER_MINUTE
from tests.stories.people import Wire
from tests.stories.world import PASSWORD, World

pytestmark = pytest.mark.asyncio


async def test_signing_in_refreshing_and_out(world: World) -> None:
    await world.user("anna")
    tokens = await world.sign_in("anna")
    assert tokens["role"] == "agent" and tokens["expires_in"] == 900

    async def works(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return (await world.http.get("/api/v1/conversations", headers=headers)).status_code

    assert await works(tokens["access_token"]) == 200
    assert await works(tokens["refresh_token"]) == 401, "a refresh token opens nothing by itself"
    await world.pass_time(minutes=16)
    assert await works(tokens["access_token"]) == 401
    answer = await world.http.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    fresh = answer.json()
    assert await works(fresh["access_token"]) == 200
    headers = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert (await world.http.post("/api/v1/auth/logout", headers=headers)).status_code == 204
    assert await works(fresh["access_token"]) == 401
    for old in (tokens, fresh):
        again = await world.http.post("/api/v1/auth/refresh", json={"refresh_token": old["refresh_token"]})
        assert (again.status_code, again.json()["error"]["code"]) == (401, "token_expired")


async def test_a_wrong_password_and_a_wrong_name_look_the_same(world: World) -> None:
    await world.user("anna")
    answers = []
    for name, password in (("anna", "not the password"), ("nobody", "not the password"), ("anna", ""), ("", "")):
        answers.append(await world.http.post("/api/v1/auth/token", json={"username": name, "password": password}))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["error"]["code"] == "wrong_credentials"
    assert answers[0].headers["www-authenticate"] == "Bearer"


async def test_guessing_is_slowed_for_one_user_and_nobody_else(world: World) -> None:
    await world.user("anna")
    await world.user("ben")
    guess = {"username": "anna", "password": "guess"}
    for _ in range(SIGN_INS_PER_MINUTE):
        await world.system.limits.allow("sign-in:anna", SIGN_INS_PER_MINUTE)
    refused = await world.http.post("/api/v1/auth/token", json=guess)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_requests")
    assert (await world.sign_in("ben"))["role"] == "agent"
    await world.pass_time(minutes=1)
    assert (await world.sign_in("anna"))["role"] == "agent"


async def test_a_new_password_ends_the_other_sign_ins(world: World) -> None:
    anna = await world.staff("anna")
    new = "another long password"
    for old, wanted, status in (("wrong", new, 403), (PASSWORD, "short", 422), (PASSWORD, new, 204)):
        answer = await anna.http("POST", "/auth/password", json={"old": old, "new": wanted})
        assert answer.status_code == status, answer.text
    assert (await anna.http("GET", "/conversations")).status_code == 401
    refused = await world.http.post("/api/v1/auth/token", json={"username": "anna", "password": PASSWORD})
    assert refused.status_code == 401
    assert (await world.sign_in("anna", new))["role"] == "agent"


FOR_SUPERVISORS = [("GET", "/qa/scores"), ("GET", "/qa/scores/some-conversation")]
FOR_ADMINS = [("GET", "/users"), ("POST", "/users"), ("PATCH", "/users")]
BODY = {"username": "eve", "password": PASSWORD, "role": "admin"}


@pytest.mark.parametrize(
    ("role", "refused", "open"),
    [
        ("agent", FOR_SUPERVISORS + FOR_ADMINS, [("GET", "/conversations"), ("GET", "/tickets")]),
        ("supervisor", FOR_ADMINS, [("GET", "/conversations"), ("GET", "/qa/scores")]),
        ("admin", [], [("GET", "/conversations"), ("GET", "/qa/scores"), ("GET", "/users")]),
    ],
)
async def test_roles_nest(
    world: World, role: str, refused: list[tuple[str, str]], open: list[tuple[str, str]]
) -> None:
    person = await world.staff("someone", role=role)
    for method, path in refused:
        answer = await person.http(method, path, **({} if method == "GET" else {"json": BODY}))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), (method, path)
    for method, path in open:
        assert (await person.http(method, path)).status_code == 200, path
    names = [user.name for user in await world.system.users.list()]
    assert names == ["someone"]


async def test_an_admin_keeps_the_list(world: World) -> None:
    admin = await world.staff("root", role="admin")
    made = await admin.http("POST", "/users", json={"username": "eve", "password": PASSWORD, "skills": ["faults"]})
    assert made.status_code == 201
    assert made.json() == {
        "username": "eve", "display": "eve", "role": "agent", "skills": ["faults"], "languages": [], "active": True,
    }  # fmt: skip
    twice = await admin.http("POST", "/users", json={"username": "eve", "password": PASSWORD})
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "exists")
    for wrong in ({"username": "E ve"}, {"username": "x", "password": "short"}, {"username": "x", "role": "king"}):
        answer = await admin.http("POST", "/users", json={"password": PASSWORD, **wrong})
        assert answer.status_code == 422 and answer.json()["error"]["field"] in wrong
    eve = await world.sign_in("eve")
    off = await admin.http("PATCH", "/users", json={"username": "eve", "active": False})
    assert off.json()["active"] is False
    headers = {"Authorization": f"Bearer {eve['access_token']}"}
    assert (await world.http.get("/api/v1/tickets", headers=headers)).status_code == 401
    assert (await admin.http("PATCH", "/users", json={"username": "nobody"})).status_code == 404
    assert all("password" not in user for user in (await admin.reads("/users"))["items"])


async def test_whoever_is_switched_off_cannot_open_a_desk(world: World) -> None:
    anna = await world.staff("anna")
    await world.system.users.change("anna", active=False)
    wire = await Wire.open(world.address, "/api/v1/desk/ws")
    await wire.send({"type": "hello", "token": anna.token})
    assert (await wire.ended())[0] == 4401


async def test_every_refusal_has_the_one_shape(world: World) -> None:
    agent = await world.staff("anna")
    answers = [
        await world.http.get("/api/v1/nothing-here"),
        await world.http.get("/api/v1/conversations"),
        await world.http.get("/api/v1/conversations", headers={"Authorization": "Basic YTpi"}),
        await world.http.delete("/api/v1/tickets"),
        await agent.http("GET", "/qa/scores"),
        await agent.http("GET", "/conversations?limit=201"),
        await agent.http("GET", "/conversations?next=%00"),
        await agent.http("GET", "/conversations/nowhere"),
        await agent.http("GET", "/tickets/F-0000-0000"),
        await agent.http("POST", "/tickets", json={"type": "wish"}),
        await agent.http("POST", "/tickets", content=b"{"),
        await agent.http("POST", "/tickets", content=b"x" * 300_000),
        await agent.http("PATCH", "/tickets/F-0000-0000", json={}, headers={"If-Match": "soon"}),
    ]
    assert [answer.status_code for answer in answers] == [
        404, 401, 401, 405, 403, 422, 422, 404, 404, 422, 422, 413, 422,
    ]  # fmt: skip
    for answer in answers:
        body = answer.json()
        assert set(body) == {"error"}
        assert {"code", "message"} <= set(body["error"]) <= {"code", "message", "field"}
        assert body["error"]["message"]
