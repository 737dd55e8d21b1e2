"""Idempotency-Key on calls that create objects."""
from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from support.client import Client, all_items, ok, problem
from support.people import Person


def test_the_same_key_and_body_make_one_object(anna: Person, bo: Person) -> None:
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"member_ids": [bo.user_id], "title": "En enda"}
    answers = [anna.client.post("/v1/conversations", body, headers=key) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_the_same_key_with_another_body_is_refused(anna: Person, bo: Person) -> None:
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"member_ids": [bo.user_id], "title": "Först"}
    ok(anna.client.post("/v1/conversations", body, headers=key), 201)
    other = anna.client.post("/v1/conversations", body | {"title": "Sedan"}, headers=key)
    problem(other, 422, "idempotency-key-reused")


def test_a_key_belongs_to_its_user(anna: Person, bo: Person, cecilia: Person) -> None:
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"member_ids": [bo.user_id], "title": "Samma nyckel"}
    made = {ok(who.client.post("/v1/conversations", body, headers=key), 201)["conversation_id"]
            for who in (anna, cecilia)}
    assert len(made) == 2


def test_parallel_uses_of_a_key_make_one_object(anna: Person, bo: Person) -> None:
    title = f"Parallellt {uuid.uuid4()}"
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"member_ids": [bo.user_id], "title": title}

    def make(_: int) -> tuple[int, str]:
        answer = Client(anna.platform.url, anna.client.token).post("/v1/conversations", body, headers=key)
        return answer.status_code, answer.json().get("conversation_id", "")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make, range(8)))
    assert {status for status, _ in answers} <= {201, 409}
    assert len({made for status, made in answers if status == 201}) == 1
    assert [item["title"] for item in all_items(anna.client, "/v1/conversations", 50)].count(title) == 1


def test_a_refused_request_does_not_burn_its_key(anna: Person, bo: Person) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    problem(anna.client.post("/v1/conversations", {"member_ids": 7}, headers=key), 400)
    ok(anna.client.post("/v1/conversations", {"member_ids": [bo.user_id], "title": "Rätt"}, headers=key), 201)


def test_a_malformed_key_is_refused(anna: Person, bo: Person) -> None:
    body = {"member_ids": [bo.user_id], "title": "Nyckel"}
    problem(anna.client.post("/v1/conversations", body, headers={"Idempotency-Key": "x" * 5000}), 400)
