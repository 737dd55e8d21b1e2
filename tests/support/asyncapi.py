"""Holds every WebSocket frame against the server's AsyncAPI document, and remembers which have been seen."""
from __future__ import annotations

from typing import Any

from support.schemas import Json, Schemas


def _names(references: list[Json]) -> list[str]:
    return [one["$ref"].rpartition("/")[2] for one in references]


class AsyncApi:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas = Schemas(document)
        self.seen: set[str] = set()
        self.from_client = self._by_type("receive")
        self.from_server = self._by_type("send")

    def _by_type(self, action: str) -> dict[str, str]:
        """Names of messages by the type that frames carry. What answers a frame stands in its operation's reply."""
        names = {}
        for operation in self.document["operations"].values():
            said = operation["messages"] if operation["action"] == action else []
            replied = operation.get("reply", {}).get("messages", []) if action == "send" else []
            for name in _names([*said, *replied]):
                names[self.document["components"]["messages"][name]["name"]] = name
        return names

    def _problems(self, known: dict[str, str], frame: dict[str, Any]) -> list[str]:
        if frame.get("type") not in known:
            return [f"no frame {frame.get('type')} is described"]
        name = known[frame["type"]]
        found = self.schemas.problems(self.document["components"]["messages"][name]["payload"], frame, name)
        if not found:
            self.seen.add(name)
        return [f"{name}: {one}" for one in found]

    def received(self, frame: dict[str, Any]) -> list[str]:
        """What of a frame from the server the document does not describe."""
        return self._problems(self.from_server, frame)

    def answers(self, frame: dict[str, Any]) -> bool:
        """Whether a frame that names its question tells that the server took such a frame."""
        wanted = self.from_client.get(frame.get("type", ""))
        messages = self.document["components"]["messages"]
        return any("re" in messages[name]["payload"].get("properties", {})
                   for operation in self.document["operations"].values()
                   if operation["action"] == "receive" and _names(operation["messages"]) == [wanted]
                   for name in _names(operation["reply"]["messages"]) if name != "error")

    def sent(self, frame: dict[str, Any]) -> list[str]:
        """The same of a frame that the server has taken."""
        return self._problems(self.from_client, frame)

    def never_seen(self) -> list[str]:
        """Every frame and field that no socket has shown."""
        missing = set()
        for name, message in self.document["components"]["messages"].items():
            missing |= {name} - self.seen | self.schemas.unseen(message["payload"], name)
        return sorted(missing)
