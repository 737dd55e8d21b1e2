"""I1: what an organisation chose holds instead of the register's period, and a legal hold before it."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from support import people
from support.client import Client, ok
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform
from support.retention import anew, first_and_last, history, in_days, run

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def org(place: Platform) -> str:
    return people.organisation(place)


@pytest.fixture
def employ(place: Platform, org: str) -> Hire:
    return lambda **options: people.person(place, org, consents={"call_history": True}, **options)


def test_I1_an_organisation_keeps_its_chat_for_a_time_of_its_own(place: Platform, employ: Hire) -> None:
    mine = people.organisation(place, "Kortminnet AB")
    one, two, elsewhere, colleague = people.person(place, mine), people.person(place, mine), employ(), employ()
    here, there = people.conversation(one, two), people.conversation(elsewhere, colleague)
    for who, conversation in ((one, here), (elsewhere, there)):
        for n in range(3):
            who.socket().say(conversation, f"rad {n}")
    for wrong in ("P13M", "P400D", "P0D", "P1Y1D", "snart", "", "P12M1D"):
        with pytest.raises(CommandFailed):
            place.ctl("organisation", "set-retention", "--organisation", mine, "--chat", wrong)
    with pytest.raises(CommandFailed):
        place.ctl("organisation", "set-retention", "--organisation", "11111111-1111-7111-8111-111111111111", "--chat", "P1M")
    before = ok(one.client.get("/v1/me/notice?language=en"), 200)
    assert before == ok(Client(place.url).get("/v1/notice?language=en"), 200)

    assert place.ctl("organisation", "set-retention", "--organisation", mine, "--chat", "P1M")["chat_retention"] == "P1M"
    after = ok(one.client.get("/v1/me/notice?language=en"), 200)
    assert "1 month, as your organisation chose." in after["text"] and "1 month, as your organisation chose." in after["html"]
    assert "1 månad, som din organisation har valt." in ok(one.client.get("/v1/me/notice?language=sv"), 200)["text"]
    assert ok(elsewhere.client.get("/v1/me/notice?language=en"), 200) == before and after["version"] == before["version"]
    assert one.client.get("/v1/me/notice?language=fi").status_code == 400

    counted = run(place, in_days(40), "--dry-run")
    assert (counted["messages"], counted["messages_of_choice"]) == (0, 3)
    assert run(place, in_days(20), "--dry-run")["messages_of_choice"] == 0
    assert run(place, in_days(40)) == counted
    assert first_and_last(anew(one), here) == (4, 3)
    assert history(anew(elsewhere), there) == [3, 2, 1]
    anew_one = one.socket(anew(one))
    anew_one.say(here, "igen")

    place.ctl("organisation", "set-retention", "--organisation", mine, "--chat", "register")
    assert ok(anew(one).get("/v1/me/notice?language=en"), 200) == before
    assert run(place, in_days(40))["messages_of_choice"] == 0
    assert history(anew(one), here) == [4]
    leaves = Cluster(place).ask("samtal", f"SELECT reference FROM audit_leaves WHERE act = 'organisation.retention_set' ORDER BY acted_at")
    assert leaves == [[f"{mine} chat=P1M"], [f"{mine} chat=register"]]


def test_I1_a_held_persons_messages_outlive_what_the_organisation_chose(place: Platform) -> None:
    mine = people.organisation(place, "Tvistebolaget AB")
    held, other = people.person(place, mine), people.person(place, mine)
    conversation = people.conversation(held, other)
    for who in (held, other, held):
        who.socket().say(conversation, "tvist")
    place.ctl("organisation", "set-retention", "--organisation", mine, "--chat", "P7D")
    place.ctl("hold", "add", "--user", held.user_id, "--case", "T 7-26")
    assert run(place, in_days(10))["messages_of_choice"] == 1
    assert history(anew(held), conversation) == [3, 1]
    place.ctl("hold", "release", "--user", held.user_id, "--case", "T 7-26")
    assert run(place, in_days(10))["messages_of_choice"] == 2
    assert first_and_last(anew(other), conversation) == (4, 3)
