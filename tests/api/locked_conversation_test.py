"""One conversation is locked for long: by a server that is frozen in the middle of a change, say. Nobody else notices."""
from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests

from support import people
from support.client import Client, ok, problem
from support.database import Cluster
from support.platform import Platform


def post(client: Client, place: str) -> requests.Response:
    body = {"client_message_id": str(uuid.uuid4()), "text": "hej"}
    return client.post(f"/v1/conversations/{place}/messages", body, timeout=60)


def retitle(client: Client, place: str) -> requests.Response:
    return client.patch(f"/v1/conversations/{place}", {"title": "Ny"}, timeout=60)


def test_a_locked_conversation_holds_up_no_other(platform: Platform) -> None:
    org = people.organisation(platform)
    pair = people.person(platform, org), people.person(platform, org)
    locked, *others = [people.conversation(*pair, title=f"Rum {n}") for n in range(21)]
    ended = threading.Event()

    def insist(ask: int) -> list[requests.Response]:
        client = Client(pair[ask % 2].client.base, pair[ask % 2].client.token)
        answers = []
        while not ended.is_set():
            answers.append(post(client, locked) if ask else retitle(client, locked))
        return answers

    lock = f"SELECT FROM conversations WHERE conversation_id = '{locked}' FOR UPDATE"
    with ThreadPoolExecutor(4) as pool, Cluster(platform).holding("samtal", lock):
        stuck = [pool.submit(insist, n) for n in range(4)]
        try:
            for other in others:
                ok(post(pair[1].client, other), 201)
                ok(retitle(pair[0].client, other), 204)
            assert not any(one.done() for one in stuck)
        finally:
            ended.set()
        for one in stuck:
            for answer in one.result():
                problem(answer, 503)
    ok(post(pair[1].client, locked), 201)
    ok(retitle(pair[0].client, locked), 204)
