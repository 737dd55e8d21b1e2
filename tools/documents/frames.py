"""From the short form of WebSocket frames to AsyncAPI 3. Actions are the server's: it receives what clients send.

"client": {"thing.do": {"summary": "…", "purpose": "things", "fields": {…properties…}, "optional": ["…"],
                        "answer": "thing.done"}}            no answer: silence, or an error
"server": {"thing.done": {"summary": "…", "fields": {…}, "optional": […],
                          "answers": true}}                 carries `re`; "also" for what is pushed to others without it
Schemas of the OpenAPI parts may be referred to.
"""
from __future__ import annotations

from typing import Any

from parts import Json

CHANNEL = {"$ref": "#/channels/socket"}


def name_of(frame: str) -> str:
    return frame.replace(".", "_")


def pushed(frame: str, whole: Json) -> str:
    """What the server sends may have the type of what a client sends, with other fields."""
    return name_of(frame) + ("_pushed" if frame in whole["client"] else "")


def payload(frame: str, said: Json, more: Json, optional: list[str]) -> Json:
    if "payload" in said:
        return said["payload"]
    fields = {"type": {"const": frame}, **more, **said["fields"]}
    left_out = {*optional, *said.get("optional", [])}
    return {"type": "object", "required": [name for name in fields if name not in left_out], "properties": fields}


def client_payload(frame: str, said: Json) -> Json:
    schema = payload(frame, said, {"id": {"$ref": "#/components/schemas/FrameId"}}, ["id"])
    return {**schema, "additionalProperties": False}


def server_payload(frame: str, said: Json) -> Json:
    answers = said.get("answers")
    more = {"re": {"$ref": "#/components/schemas/FrameId"}} if answers else {}
    return payload(frame, said, more, ["re"] if answers == "also" else [])


def message(frame: str, said: Json, schema: Json) -> Json:
    made = {"name": frame, "summary": said["summary"], "contentType": "application/json", "payload": schema}
    return {**made, **{key: said[key] for key in ("description",) if key in said}}


def in_channel(name: str) -> Json:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def operations(whole: Json) -> Json:
    found: Json = {}
    for frame, said in whole["client"].items():
        made = {"action": "receive", "channel": CHANNEL, "summary": said["summary"], "messages": [in_channel(name_of(frame))]}
        answers = [in_channel(pushed(one, whole)) for one in (said.get("answer"), "error") if one]
        made["reply"] = {"channel": CHANNEL, "messages": answers}
        if "purpose" in said:
            made["x-purpose"] = said["purpose"]
        found[f"receive_{name_of(frame)}"] = made
    for frame, said in whole["server"].items():
        if said.get("answers") is not True:
            found[f"send_{name_of(frame)}"] = {"action": "send", "channel": CHANNEL, "summary": said["summary"],
                                               "messages": [in_channel(pushed(frame, whole))]}
    return found


def referred(node: Any) -> set[str]:
    """The names of the schemas that something refers to."""
    if isinstance(node, list):
        return set().union(*map(referred, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].rpartition("/")[2]} if str(node.get("$ref", "")).startswith("#/components/schemas/") else set()
    return own.union(*map(referred, node.values()))


def needed(messages: Json, schemas: Json) -> Json:
    found: Json = {}
    waiting = referred(messages)
    while waiting:
        name = waiting.pop()
        if name in schemas and name not in found:
            found[name] = schemas[name]
            waiting |= referred(schemas[name])
    return dict(sorted(found.items()))


def document(whole: Json, openapi_schemas: Json, version: str) -> Json:
    messages = {name_of(f): message(f, said, client_payload(f, said)) for f, said in whole["client"].items()}
    messages |= {pushed(f, whole): message(f, said, server_payload(f, said)) for f, said in whole["server"].items()}
    return {"asyncapi": "3.0.0", "info": {"title": "Samtal", "version": version},
            "defaultContentType": "application/json", "servers": whole["servers"],
            "channels": {"socket": {"address": "/v1/ws", "description": "Sub-protocol samtal.v1.",
                                    "messages": {name: {"$ref": f"#/components/messages/{name}"}
                                                 for name in messages}}},
            "operations": operations(whole),
            "components": {"messages": messages, "securitySchemes": whole["securitySchemes"],
                           "schemas": needed(messages, openapi_schemas | whole.get("schemas", {}))}}
