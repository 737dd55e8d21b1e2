"""The documents are whole, and say no more and no less than the server does. Every other test checks its own exchanges."""
from __future__ import annotations

import copy
import json
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from support import conformance, people
from support.asyncapi import AsyncApi
from support.client import Client, all_items, items, ok
from support.live import LiveSocket
from support.openapi import Exchange, OpenApi
from support.people import Person
from support.platform import REPOSITORY, Platform
from support.shapes import asyncapi_problems, openapi_problems

sys.path.insert(0, str(REPOSITORY / "tools/documents"))
import check  # noqa: E402  (what the build checks with)

# Taken by the gate, before anything is routed.
GATE_ROUTES, GATE_FRAMES = {("GET", "/v1/ws")}, {"authenticate"}


@pytest.fixture(scope="module")
def openapi(anyone_at: Client) -> dict[str, Any]:
    return ok(anyone_at.get("/openapi.json"), 200)


@pytest.fixture(scope="module")
def asyncapi(anyone_at: Client) -> dict[str, Any]:
    return ok(anyone_at.get("/asyncapi.json"), 200)


@pytest.fixture(scope="module")
def anyone_at(platform: Platform) -> Client:
    return Client(platform.url)


@pytest.fixture(scope="module")
def listing(platform: Platform) -> dict[str, Any]:
    """What the server says that it routes."""
    return platform.ctl("routes")


def described(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(method.upper(), path): operation for path, item in document["paths"].items()
            for method, operation in item.items()}


def differences(document: dict[str, Any], listing: dict[str, Any]) -> list[str]:
    """Where the document and the router disagree."""
    known = described(document)
    routed = {(route["method"], route["path"]): route for route in listing["routes"]}
    found = [f"only routed: {route}" for route in sorted(routed.keys() - known.keys())]
    found += [f"only described: {route}" for route in sorted(known.keys() - routed.keys() - GATE_ROUTES)]
    for key in sorted(routed.keys() & known.keys()):
        route, operation = routed[key], known[key]
        takes_key = {"$ref": "#/components/parameters/idempotency_key"} in operation.get("parameters", [])
        said = (operation["x-entrance"], operation.get("x-purpose"), takes_key)
        if said != (route["entrance"], route["purpose"], route["creates"]):
            found.append(f"{key}: entrance, purpose or idempotency differ")
    return found


def frame_differences(document: dict[str, Any], listing: dict[str, Any]) -> list[str]:
    taken = {document["components"]["messages"][op["messages"][0]["$ref"].rpartition("/")[2]]["name"]: op.get("x-purpose")
             for op in document["operations"].values() if op["action"] == "receive"}
    routed = {frame["type"]: frame["purpose"] for frame in listing["frames"]}
    return sorted(map(str, taken.items() ^ (routed | dict.fromkeys(GATE_FRAMES)).items()))


def test_the_documents_have_the_shape_that_their_specifications_ask_for(openapi: dict[str, Any],
                                                                        asyncapi: dict[str, Any]) -> None:
    assert openapi["openapi"] == "3.1.0" and asyncapi["asyncapi"] == "3.0.0"
    assert openapi_problems(openapi) == [] and asyncapi_problems(asyncapi) == []
    check.openapi(openapi)
    check.asyncapi(asyncapi)


def test_every_route_is_described_and_nothing_else(openapi: dict[str, Any], listing: dict[str, Any]) -> None:
    assert differences(openapi, listing) == []


def test_every_frame_is_described_and_nothing_else(asyncapi: dict[str, Any], listing: dict[str, Any]) -> None:
    assert frame_differences(asyncapi, listing) == []


def test_the_guide_says_what_a_client_developer_needs(openapi: dict[str, Any]) -> None:
    for heading in ("Signing in", "Errors", "Repeating safely", "Lists", "Staying in step"):
        assert f"## {heading}" in openapi["info"]["description"]
    for (method, path), operation in described(openapi).items():
        assert operation["summary"] and not operation["summary"].endswith("."), f"{method} {path}"


def test_the_documents_are_served_to_anybody_and_small(anyone_at: Client) -> None:
    for path in ("/openapi.json", "/asyncapi.json"):
        answer = anyone_at.get(path)
        assert answer.headers["Content-Type"] == "application/json" and len(answer.content) < 512 * 1024


def test_every_list_goes_on_from_its_cursor(anna: Person, bo: Person) -> None:
    place = people.conversation(anna, bo, title="Två sidor")
    for text in ("ett", "två"):
        anna.socket().say(place, text)
    anna.log_in()
    for active in (True, False):
        ok(anna.client.post("/v1/privacy/requests", {"kind": "objection", "purpose": "anonymous_statistics", "active": active}), 202)
    for path in (f"/v1/conversations/{place}/messages", "/v1/sessions", "/v1/privacy/requests"):
        assert len(all_items(anna.client, path, 1)) >= 2, path
    # What a cursor points at may be gone.
    assert items(anna.client.get(f"/v1/privacy/disclosures?limit=1&cursor={uuid.uuid4()}")) == []


def test_a_message_may_carry_an_idempotency_key_too(anna: Person, bo: Person) -> None:
    path = f"/v1/conversations/{people.conversation(anna, bo)}/messages"
    body, key = {"client_message_id": str(uuid.uuid4()), "text": "hej"}, {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (anna.client.post(path, body, headers=key) for _ in range(2))
    assert ok(first, 201) == ok(again, 201)


def test_calls_are_listed_within_a_time(anna: Person) -> None:
    assert items(anna.client.get("/v1/calls?from=2001-01-01&to=2001-01-02T00:00:00Z")) == []


def test_a_contact_changes_in_each_of_its_fields(hire: Callable[..., Person]) -> None:
    who = hire(consents={"contacts": True})
    key = {"Idempotency-Key": str(uuid.uuid4())}
    report = ok(who.client.post("/v1/contacts/import", {"contacts": [{"name": "Ada"}]}, headers=key), 200)
    change = {"name": "Ada B", "company": "Bolaget", "phone_numbers": ["+46701740605"], "emails": ["ada@example.org"]}
    changed = ok(who.client.patch(f"/v1/contacts/{report['entries'][0]['contact_id']}", change), 200)
    assert {name: changed[name] for name in change} == change


def test_every_frame_may_carry_an_id(platform: Platform, anna: Person, bo: Person) -> None:
    place = people.conversation(anna, bo, title="Med id")
    bo.socket().say(place, "hej")
    socket = LiveSocket(platform.port)
    socket.send({"id": 1, "type": "authenticate", "access_token": anna.client.token})
    socket.ready()
    socket.send({"id": "two", "type": "typing", "conversation_id": place})
    socket.send({"id": 3, "type": "presence.set", "state": "available"})
    socket.send({"id": None, "type": "conversation.read", "conversation_id": place, "seq": 1})
    done = socket.ask({"id": 4, "type": "sync", "positions": {place: {"seq": 0, "change": 0}}})
    assert done["type"] == "sync.done" and done["re"] == 4
    assert [frame["type"] for frame in socket.passed_by] == ["message.new"]


# What these tests promise is worth as much as what they catch.

def test_a_route_that_is_missing_or_invented_is_caught(openapi: dict[str, Any], listing: dict[str, Any]) -> None:
    lie = copy.deepcopy(openapi)
    lie["paths"]["/v1/nowhere"] = lie["paths"].pop("/v1/me")
    assert differences(lie, listing) == ["only routed: ('GET', '/v1/me')", "only described: ('GET', '/v1/nowhere')"]
    lie = copy.deepcopy(openapi)
    lie["paths"]["/v1/calls"]["get"]["x-purpose"] = "chat_messaging"
    assert differences(lie, listing) == ["('GET', '/v1/calls'): entrance, purpose or idempotency differ"]


def test_a_frame_that_is_missing_is_caught(asyncapi: dict[str, Any], listing: dict[str, Any]) -> None:
    lie = copy.deepcopy(asyncapi)
    del lie["operations"]["receive_typing"]
    assert frame_differences(lie, listing) == ["('typing', 'chat_messaging')"]


@pytest.fixture(scope="module")
def exchange(platform: Platform, anna: Person, bo: Person) -> Exchange:
    """A message that was really sent, as it went over the wire."""
    place = people.conversation(anna, bo)
    body = {"client_message_id": str(uuid.uuid4()), "text": "hej"}
    answer = anna.client.post(f"/v1/conversations/{place}/messages", body)
    sent = answer.request.body
    assert isinstance(sent, bytes)
    return Exchange("POST", answer.url, {"authorization": "Bearer", "content-type": "application/json"}, sent,
                    answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content)


def forget_a_field(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["AcceptedMessage"]["properties"]["seq"]


def demand_a_field(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["AcceptedMessage"]["required"].append("colour")


def mistake_a_type(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Seq"]["type"] = "string"


def forget_what_is_sent(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["NewMessage"]["properties"]["text"]


def forget_a_status(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/conversations/{id}/messages"]["post"]["responses"]["201"]


def forget_the_route(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/conversations/{id}/messages"]


def forget_the_content(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/conversations/{id}/messages"]["post"]["responses"]["201"]["content"]


@pytest.mark.parametrize("plant", [forget_a_field, demand_a_field, mistake_a_type, forget_what_is_sent, forget_a_status,
                                   forget_the_route, forget_the_content])
def test_a_lie_in_the_document_is_caught(openapi: dict[str, Any], exchange: Exchange, plant: Any) -> None:
    assert OpenApi(openapi).problems(exchange) == []
    lie = copy.deepcopy(openapi)
    plant(lie)
    assert OpenApi(lie).problems(exchange) != []


def test_a_problem_that_is_not_described_is_caught(openapi: dict[str, Any], anna: Person) -> None:
    answer = anna.client.get(f"/v1/conversations/{uuid.uuid4()}")
    met = Exchange("GET", answer.url, {}, b"", 404, {"content-type": "application/problem+json"}, answer.content)
    assert OpenApi(openapi).problems(met) == []
    lie = copy.deepcopy(openapi)
    other = json.loads(json.dumps(lie["components"]["responses"]["not-found"]).replace("problem:not-found", "problem:gone"))
    lie["components"]["responses"]["not-found"] = other
    assert OpenApi(lie).problems(met) != []


def test_a_lie_about_a_frame_is_caught(asyncapi: dict[str, Any], anna: Person, bo: Person) -> None:
    reader = bo.socket()
    anna.socket().say(people.conversation(anna, bo), "hej")
    frame = reader.until("message.new")
    assert AsyncApi(asyncapi).received(frame) == []
    lie = copy.deepcopy(asyncapi)
    del lie["components"]["messages"]["message_new"]["payload"]["oneOf"][0]["properties"]["sender_id"]
    assert AsyncApi(lie).received(frame) != []
    del lie["operations"]["send_message_new"]
    assert AsyncApi(lie).received(frame) == ["no frame message.new is described"]


def test_what_was_never_seen_is_known(openapi: dict[str, Any], exchange: Exchange) -> None:
    book = OpenApi(openapi)
    book.problems(exchange)
    unseen = book.never_seen()
    assert "sendMessage 200" in unseen and "sendMessage 201" not in unseen
    assert "Account.username" in unseen and "AcceptedMessage.seq" not in unseen and "listCalls ?from" in unseen


def test_the_suite_watches_what_the_server_serves(platform: Platform, openapi: dict[str, Any],
                                                  asyncapi: dict[str, Any]) -> None:
    assert conformance.openapi(platform.url).document == openapi
    assert conformance.asyncapi(platform.url).document == asyncapi
