"""Pack and unpack messages to workers and their replies: JSON with a length, never pickles.

A message to a worker is one JSON object, whose ``kind`` says what is asked for. A reply is a
status, a JSON object and the bytes of the answer.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["LENGTH", "REPLY_HEAD", "Message", "Reply", "pack_message", "pack_reply", "unpack_reply"]

Message = Mapping[str, Any]

#: HTTP status, length of the JSON object, length of the body.
REPLY_HEAD = struct.Struct(">HIQ")
LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold what a worker sends back.

    Attributes:
        status: HTTP status: 200, or why there is no answer.
        head: What the answer is (``type``, ``volatile``), or ``error``, and ``reason`` where a
            limit was passed.
        body: The answer.
    """

    status: int
    head: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""


def pack_message(message: Message) -> bytes:
    """Write a message with its length before it."""
    data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return LENGTH.pack(len(data)) + data


def pack_reply(reply: Reply) -> bytes:
    """Write a reply with its lengths before it."""
    head = json.dumps(reply.head).encode()
    return b"".join((REPLY_HEAD.pack(reply.status, len(head), len(reply.body)), head, reply.body))


def unpack_reply(data: bytes | bytearray) -> Reply | None:
    """Read a reply; returns None while it is not whole.

    >>> unpack_reply(pack_reply(Reply(200, {"type": "text/csv"}, b"a")))
    Reply(status=200, head={'type': 'text/csv'}, body=b'a')
    """
    if len(data) < REPLY_HEAD.size:
        return None
    status, head, body = REPLY_HEAD.unpack_from(data)
    start = REPLY_HEAD.size + head
    if len(data) < start + body:
        return None
    return Reply(status, json.loads(bytes(data[REPLY_HEAD.size : start])), bytes(data[start : start + body]))
