"""The whole story over the network, against the real binaries: what a newcomer does in the first hour."""
from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from support import people
from support.client import Client, items, ok, problem
from support.dates import WEEK, YEAR, day
from support.people import Invitation, Person
from support.platform import Platform, eventually


@dataclass
class Story:
    """What one chapter leaves for the next."""

    invitations: dict[str, Invitation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    organisation: str = ""
    conversation: str = ""
    switch: Client | None = None


def invite_everybody(platform: Platform, story: Story) -> None:
    story.organisation = people.organisation(platform, "Berättelsen AB")
    for name in ("Elsa", "Folke"):
        story.invitations[name] = people.invite(platform, story.organisation, given_name=name, family_name="Fors")


def activate_and_log_in(platform: Platform, story: Story) -> None:
    anyone = Client(platform.url)
    notice = ok(anyone.get("/v1/notice?language=sv"), 200)
    for name, invitation in story.invitations.items():
        username, password = people.fresh_name(name.lower()), people.fresh_password()
        body = {"activation_code": invitation.code, "username": username, "password": password,
                "acknowledged_notice": notice["version"], "consents": {"call_history": True}}
        assert ok(anyone.post("/v1/activation", body), 201) == {"user_id": invitation.user_id}
        problem(anyone.post("/v1/activation", body), 404)
        tokens = ok(anyone.post("/v1/login", {"username": username, "password": password}), 200)
        story.people[name] = Person(platform, invitation.user_id, username, password, story.organisation, name,
                                    "Fors", invitation.email, invitation.phone, tokens,
                                    Client(platform.url, tokens["access_token"]))


def look_around(story: Story) -> None:
    elsa, folke = story.people["Elsa"], story.people["Folke"]
    assert ok(elsa.client.get("/v1/me/profile"), 200)["phone_numbers"] == [elsa.phone]
    ok(elsa.client.patch("/v1/me/profile", {"contact_numbers": ["+4687654321"],
                                            "visibility": {"contact_numbers": "organisation", "email": "private"}}))
    found = items(folke.client.get("/v1/directory?query=elsa"))
    assert [item["user_id"] for item in found] == [elsa.user_id]
    seen = ok(folke.client.get(f"/v1/users/{elsa.user_id}/profile"), 200)
    assert seen["contact_numbers"] == ["+4687654321"] and not seen.get("email")


def chat(story: Story) -> None:
    elsa, folke = story.people["Elsa"], story.people["Folke"]
    story.conversation = people.conversation(elsa, folke)
    from_elsa, from_folke = elsa.socket(), folke.socket()
    for n, (speaker, listener, who) in enumerate(((from_elsa, from_folke, elsa), (from_folke, from_elsa, folke))):
        accepted = speaker.say(story.conversation, f"replik {n + 1}")
        heard = listener.until("message.new")
        assert (accepted["seq"], heard["seq"]) == (n + 1, n + 1)
        assert (heard["text"], heard["sender_id"]) == (f"replik {n + 1}", who.user_id)
    from_elsa.close()
    from_folke.close()


def call(platform: Platform, story: Story) -> None:
    made = platform.ctl("switch", "create", "--organisation", story.organisation, "--name", "Växeln")
    story.switch = Client(platform.url, made["token"])
    record = {"source_call_id": "samtal-1", "caller": {"number": story.people["Elsa"].phone},
              "callee": {"number": story.people["Folke"].phone}, "started_at": f"{day(2)}T12:00:00Z",
              "answered_at": f"{day(2)}T12:00:10Z", "ended_at": f"{day(2)}T12:05:10Z", "outcome": "answered"}
    expected = [{"accepted": 1, "corrected": 0, "duplicates": 0, "rejected": []},
                {"accepted": 0, "corrected": 0, "duplicates": 1, "rejected": []}]
    assert [ok(story.switch.post("/v1/ingest/calls", [record]), 200) for _ in range(2)] == expected


def everything_is_there(story: Story) -> None:
    elsa, folke = story.people["Elsa"], story.people["Folke"]
    for who, direction in ((elsa, "outgoing"), (folke, "incoming")):
        [one] = items(who.client.get("/v1/calls"))
        assert (one["direction"], one["talk_s"], one["outcome"]) == (direction, 300, "answered")
        days = f"/v1/calls/statistics?{WEEK}&bucket=day"
        totals: dict[str, Any] = ok(who.client.get(days), 200)["totals"]
        assert (totals[direction], totals["missed"], totals["talk_s"]) == (1, 0, 300)
        texts = [item["text"] for item in items(who.client.get(f"/v1/conversations/{story.conversation}/messages"))]
        assert texts == ["replik 2", "replik 1"]
        consents = {item["purpose"]: item["state"] for item in items(who.client.get("/v1/consents"))}
        assert consents["call_history"] == "given"


def statistics_are_published(platform: Platform) -> None:
    worker = Client(platform.stats_url)
    answer = ok(worker.get(f"/v1/statistics?metric=sign_ins&{YEAR}&bucket=week"), 200)
    assert answer["metric"] == "sign_ins"


def after_the_restart(story: Story) -> None:
    elsa, folke = story.people["Elsa"], story.people["Folke"]
    listener = folke.socket()
    body = {"client_message_id": str(uuid.uuid4()), "text": "replik 3"}
    sent = ok(elsa.client.post(f"/v1/conversations/{story.conversation}/messages", body), 201)
    assert sent["seq"] == 3
    assert listener.until("message.new")["text"] == "replik 3"
    listener.close()


def test_B1_B2_B3_E1_the_story_from_invitation_to_restart(platform: Platform) -> None:
    story = Story()
    invite_everybody(platform, story)
    activate_and_log_in(platform, story)
    look_around(story)
    chat(story)
    call(platform, story)
    everything_is_there(story)
    statistics_are_published(platform)
    platform.restart()
    eventually(lambda: Client(platform.url).get("/readyz").status_code == 200, 10, "ready after the restart")
    everything_is_there(story)
    after_the_restart(story)
    elsa = story.people["Elsa"]
    elsa.consent("call_history", "withdrawn")
    problem(elsa.client.get("/v1/calls"), 403, "consent-required")
    ok(elsa.client.post("/v1/logout"))
    problem(elsa.client.get("/v1/me"), 401)
