"""The ways in which an answer ends a session."""
from __future__ import annotations

from support import people
from support.client import ok
from support.cluster import Cluster
from support.live import LiveSocket


class Endings:
    """Every way in which an answer ends a session; each on a fresh person with a socket at every server."""

    def __init__(self, cluster: Cluster, org: str) -> None:
        self.cluster = cluster
        self.who, self.friend = (people.person(cluster.platform, org) for _ in range(2))
        self.place = people.conversation(self.who, self.friend)
        self.token = self.who.log_in()["access_token"]
        self.client = cluster.nodes[0].client(self.who)

    def prove(self) -> None:
        ok(self.client.post("/v1/reauthenticate", {"password": self.who.password}))

    def logout(self) -> None:
        ok(self.cluster.nodes[0].client(self.who, self.token).post("/v1/logout"))

    def delete_session(self) -> None:
        [doomed] = [item for item in ok(self.client.get("/v1/sessions"))["items"] if not item["current"]]
        ok(self.client.delete(f"/v1/sessions/{doomed['session_id']}"))

    def password(self) -> None:
        ok(self.client.post("/v1/me/password", {"current": self.who.password, "new": people.fresh_password()}))

    def suspension(self) -> None:
        self.cluster.platform.ctl("user", "suspend", self.who.user_id)

    def restriction(self) -> None:
        self.prove()
        ok(self.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)

    def erasure(self) -> None:
        self.prove()
        ok(self.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)


def is_silent(socket: LiveSocket, text: str) -> bool:
    """Closed, and nothing of this text came before."""
    assert socket.closed(2) == 4001
    return all(frame.get("text") != text for frame in socket.passed_by)
