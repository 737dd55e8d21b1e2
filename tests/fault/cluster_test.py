"""Issue 4: several servers. Everybody sees one order, and nothing acked is lost, whoever dies and whatever is cut."""
from __future__ import annotations

import signal
import threading
import time

import pytest

from support import people, switches
from support.client import ok
from support.cluster import Cluster, Node
from support.people import Person
from support.platform import eventually
from support.readers import WITHIN, all_have, in_order, is_gapless, readers_of, say


@pytest.mark.parametrize("seen", [[1, 3], [1, 2, 2], [2, 1], [1, 2, 4, 3], [5, 6, 8]])
def test_the_checker_sees_what_is_lost_doubled_or_out_of_order(seen: list[int]) -> None:
    assert not is_gapless(seen)
    assert is_gapless(list(range(seen[0], seen[0] + 5)))


def test_B3_sockets_on_three_servers_get_every_message_in_one_order(cluster: Cluster, trio: list[Person],
                                                                    cycles: int) -> None:
    for _ in range(cycles):
        place = people.conversation(*trio, title="Tre servrar")
        readers = readers_of(cluster.nodes, trio, place)
        acked: list[list[int]] = [[], [], []]
        writers = [threading.Thread(target=lambda n=n: acked[n].extend(say(cluster.nodes[n], trio[n], place, 40)))
                   for n in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        everything = sorted(sum(acked, []))
        assert everything == list(range(1, 121))
        all_have(readers, everything, time.monotonic(), "everybody has everything")
        in_order(readers)
        assert all(reader.texts == readers[0].texts for reader in readers)


def test_B3_a_sender_gets_the_answer_and_its_other_sockets_the_message(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Svar")
    sender, elsewhere = cluster.nodes[0].socket(trio[0]), cluster.nodes[1].socket(trio[0])
    answer = sender.say(place, "hej")
    assert elsewhere.until("message.new")["message_id"] == answer["message_id"]
    assert sender.received_before_now() == []


def test_B3_signals_cross_servers(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Skriver")
    one, two = cluster.nodes[0].socket(trio[0]), cluster.nodes[1].socket(trio[1])
    one.send({"type": "typing", "conversation_id": place})
    assert two.until("typing")["user_id"] == trio[0].user_id


def test_B3_who_comes_back_at_another_server_goes_on_where_they_were(cluster: Cluster, trio: list[Person],
                                                                     cycles: int) -> None:
    """What a sync brought is not told again, although it may have been under way between the servers."""
    place = people.conversation(*trio, title="Byter server")
    ended, at = threading.Event(), {"seq": 0, "change": 0}

    def write(number: int) -> None:
        while not ended.is_set():
            say(cluster.nodes[number], trio[number], place)

    writers = [threading.Thread(target=write, args=[number]) for number in range(2)]
    for writer in writers:
        writer.start()
    try:
        for turn in range(6 * cycles):
            socket = cluster.nodes[turn % 3].socket(trio[2])
            done = socket.ask({"type": "sync", "positions": {place: at}})
            assert not done["more"]
            at = {key: done["positions"][place][key] for key in ("seq", "change")}
            for _ in range(10):
                assert socket.until("message.new")["seq"] == at["seq"] + 1
                at["seq"] += 1
            socket.close()
    finally:
        ended.set()
        for writer in writers:
            writer.join(30)


def test_B3_a_killed_server_loses_nothing_acked(cluster: Cluster, trio: list[Person], cycles: int) -> None:
    for _ in range(cycles):
        place = people.conversation(*trio, title="Dödad")
        staying = readers_of(cluster.nodes[:2], trio, place)
        doomed, acked = cluster.further(2), say(cluster.nodes[0], trio[0], place)
        ended = threading.Event()

        def write() -> None:
            try:
                while not ended.is_set():
                    acked.extend(say(doomed, trio[2], place))
            except OSError:
                ended.set()  # it was killed: what had no answer is nobody's promise

        writer = threading.Thread(target=write)
        writer.start()
        eventually(lambda: len(acked) > 30, 30, "messages are acked")
        doomed.kill()
        died = time.monotonic()
        writer.join(30)
        all_have(staying, acked, died, "what the killed server acked")
        acked += say(cluster.nodes[1], trio[1], place, 3)
        all_have(staying, acked, time.monotonic(), "what comes after")
        in_order(staying)
        doomed.start()
        eventually(cluster.united, 20, "the server is back among the others")


def test_B3_what_a_server_could_not_tell_before_it_died_is_read_from_the_database(cluster: Cluster,
                                                                                  trio: list[Person]) -> None:
    """It commits while the bus takes nothing, acks, and is killed: only the database knows."""
    place = people.conversation(*trio, title="Otalt")
    staying = readers_of(cluster.nodes[:2], trio, place)
    acked = say(cluster.nodes[0], trio[0], place)
    all_have(staying, acked, time.monotonic(), "the first")
    cluster.nats.kill()
    acked += say(cluster.nodes[2], trio[2], place, 5)
    cluster.nodes[2].kill()
    died = time.monotonic()
    all_have(staying, acked, died, "what was never told")
    in_order(staying)
    cluster.nats.start()
    cluster.further(2).start()
    eventually(cluster.united, 20, "all are together again")


def test_B3_without_nats_messages_come_later_and_in_order(cluster: Cluster, trio: list[Person], cycles: int) -> None:
    for _ in range(cycles):
        place = people.conversation(*trio, title="Utan buss")
        readers = readers_of(cluster.nodes, trio, place)
        acked = say(cluster.nodes[0], trio[0], place, 3)
        cluster.nats.kill()
        for _ in range(2):
            for number in range(3):
                acked += say(cluster.nodes[number], trio[number], place, 5)
            all_have(readers, acked, time.monotonic(), "what was said while the bus was away")
        cluster.nats.start()
        eventually(cluster.united, 20, "all are together again")
        for number in range(3):
            acked += say(cluster.nodes[number], trio[number], place, 5)
        all_have(readers, acked, time.monotonic(), "what was said since the bus is back")
        in_order(readers)


def test_B3_a_bus_that_stands_still_holds_up_no_commit(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Står stilla")
    readers = readers_of(cluster.nodes, trio, place)
    cluster.nats.signal(signal.SIGSTOP)
    try:
        acked: list[int] = []
        for number in range(3):
            acked += say(cluster.nodes[number], trio[number], place, 5)
        all_have(readers, acked, time.monotonic(), "what was said while the bus stood still")
    finally:
        cluster.nats.signal(signal.SIGCONT)
    eventually(cluster.united, 20, "all are together again")
    acked += say(cluster.nodes[0], trio[0], place, 5)
    all_have(readers, acked, time.monotonic(), "what was said since it moves")
    in_order(readers)


def test_B3_a_server_that_slept_catches_up(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Sov")
    readers = readers_of(cluster.nodes, trio, place)
    acked = say(cluster.nodes[0], trio[0], place, 3)
    all_have(readers, acked, time.monotonic(), "the first")
    cluster.nodes[2].stop()
    try:
        acked += say(cluster.nodes[0], trio[0], place, 5)
        all_have(readers[:6], acked, time.monotonic(), "those who are awake")
        eventually(lambda: cluster.metric(0, "samtal_other_servers") == 1, 10, "its lease ends")
    finally:
        cluster.nodes[2].go_on()
    all_have(readers, acked, time.monotonic(), "the one who slept")
    in_order(readers)
    eventually(cluster.united, 20, "all are together again")


def test_B3_edits_and_deletes_cross_servers_in_their_order(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Ändrat")
    writer, reader = cluster.nodes[0].socket(trio[0]), cluster.nodes[2].socket(trio[1])
    one = writer.say(place, "först")
    path = f"/v1/conversations/{place}/messages/{one['message_id']}"
    for number in range(3):  # each at another server
        client = cluster.nodes[number].client(trio[0])
        assert client.patch(path, {"text": f"version {number}"}).status_code == 200
    assert client.delete(path).status_code in (200, 204)
    assert reader.until("message.new")["text"] == "först"
    assert [reader.until("message.edited")["text"] for _ in range(3)] == ["version 0", "version 1", "version 2"]
    assert reader.until("message.deleted")["message_id"] == one["message_id"]


def test_B3_a_change_that_nobody_told_is_read_back(cluster: Cluster, trio: list[Person]) -> None:
    place = people.conversation(*trio, title="Otalad ändring")
    reader = cluster.nodes[0].socket(trio[1])
    one = cluster.nodes[2].socket(trio[2]).say(place, "före")
    assert reader.until("message.new")["text"] == "före"
    cluster.nats.kill()
    path = f"/v1/conversations/{place}/messages/{one['message_id']}"
    assert cluster.nodes[2].client(trio[2]).patch(path, {"text": "efter"}).status_code == 200
    cluster.nodes[2].kill()
    assert reader.until("message.edited", WITHIN)["text"] == "efter"
    cluster.nats.start()
    cluster.further(2).start()
    eventually(cluster.united, 20, "all are together again")


def test_B3_who_is_there_is_known_at_all_servers(cluster: Cluster, trio: list[Person]) -> None:
    watcher, friend = cluster.nodes[0].socket(trio[0]), people.person(cluster.platform, trio[0].organisation)
    watcher.send({"type": "presence.watch", "user_ids": [friend.user_id]})
    seen = cluster.nodes[2].socket(friend)
    assert watcher.until("presence")["state"] == "available"
    seen.send({"type": "presence.set", "state": "busy"})
    assert watcher.until("presence")["state"] == "busy"
    cluster.nodes[2].kill()
    assert watcher.until("presence", 10)["state"] == "offline"
    cluster.further(2).start()
    eventually(cluster.united, 20, "all are together again")
    again = cluster.nodes[2].socket(friend)
    assert watcher.until("presence")["state"] == "available"
    again.close()
    assert watcher.until("presence")["state"] == "offline"


def test_E1_a_call_is_seen_at_all_servers_and_may_end_at_another(cluster: Cluster, trio: list[Person]) -> None:
    """And the person's own switch works at all of them, whichever they turn it at."""
    one, two, three = cluster.nodes
    shown, watcher = (people.person(cluster.platform, trio[0].organisation) for _ in range(2))
    pbx = switches.switch(cluster.platform, trio[0].organisation)

    def tell(node: Node, kind: str, call: str) -> None:
        switches.Switch(node, pbx.switch_id, pbx.token).live(kind, call, shown.phone, "+46812345678")

    mine, eyes = one.socket(shown), two.socket(watcher)
    mine.send({"type": "presence.watch", "user_ids": [shown.user_id]})
    assert mine.until("presence")["state"] == "available"
    eyes.send({"type": "presence.watch", "user_ids": [shown.user_id]})
    assert eyes.until("presence")["state"] == "available"
    tell(three, "answered", "hidden")
    assert mine.until("presence")["on_a_call"] is True
    ok(three.client(shown).patch("/v1/me/profile", {"visibility": {"on_a_call": "organisation"}}))
    seen = eyes.until("presence")
    assert (seen["state"], seen["on_a_call"]) == ("busy", True)
    ok(one.client(shown).patch("/v1/me/profile", {"visibility": {"on_a_call": "private"}}))
    seen = eyes.until("presence")
    assert (seen["state"], seen.get("on_a_call")) == ("available", None)
    ok(one.client(shown).patch("/v1/me/profile", {"visibility": {"on_a_call": "organisation"}}))
    assert eyes.until("presence")["on_a_call"] is True
    tell(one, "ended", "hidden")
    assert eyes.until("presence")["state"] == "available"
    tell(two, "answered", "hidden")  # late
    tell(one, "answered", "next")
    assert eyes.until("presence")["on_a_call"] is True
    tell(three, "ended", "next")
    assert eyes.until("presence") == {"type": "presence", "user_id": shown.user_id, "state": "available"}


def test_E1_a_server_that_comes_anew_hears_of_calls_under_way(cluster: Cluster, trio: list[Person]) -> None:
    shown, watcher = (people.person(cluster.platform, trio[0].organisation) for _ in range(2))
    pbx = switches.switch(cluster.platform, trio[0].organisation)
    ok(shown.client.patch("/v1/me/profile", {"visibility": {"on_a_call": "organisation"}}))
    cluster.nodes[1].socket(shown)
    switches.Switch(cluster.nodes[1], pbx.switch_id, pbx.token).live("answered", "long", shown.phone, "+46812345678")
    cluster.nodes[2].kill()
    cluster.further(2).start()
    eventually(cluster.united, 20, "all are together again")
    eyes = cluster.nodes[2].socket(watcher)
    eyes.send({"type": "presence.watch", "user_ids": [shown.user_id]})
    while "on_a_call" not in (seen := eyes.until("presence", WITHIN * 4)):
        pass
    assert (seen["user_id"], seen["state"]) == (shown.user_id, "busy")
