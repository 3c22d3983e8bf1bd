"""Live prices over a WebSocket: ``/ticker`` for all, ``/orders`` for tokens with the scope ``feed:read``."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection
from websockets.sync.server import serve as serve_websocket
from websockets.typing import Subprotocol

from shop.pricing import CATALOG
from shop.settings import Settings

log = logging.getLogger("shop.feed")
READERS = {"FAKE-desk"}
"""Tokens with the scope ``feed:read``."""


def encode(sku: str, price: float) -> str:
    return json.dumps({"sku": sku, "price": price})


def decode(frame: str) -> tuple[str, float]:
    """The product and price of a frame.

    Raises:
        ValueError: not a price frame.
    """
    data = json.loads(frame)
    if not isinstance(data, dict) or {"sku", "price"} - data.keys():
        raise ValueError(f"not a price frame: {frame}")
    return data["sku"], data["price"]


def authorize(connection: ServerConnection, request: Request) -> Response | None:
    if request.path == "/ticker":
        return None
    if request.path != "/orders":
        return connection.respond(404, "no such feed\n")
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token in READERS:
        return None
    log.warning("handshake refused: token without scope feed:read, path=%s", request.path)
    return connection.respond(403, "missing scope feed:read\n")


def talk(connection: ServerConnection) -> None:
    for message in connection:
        verb, _, sku = str(message).partition(" ")
        known = verb == "subscribe" and sku in CATALOG
        connection.send(encode(sku, CATALOG[sku]) if known else json.dumps({"error": f"cannot {message!s}"}))


def serve(settings: Settings) -> Server:
    """A server on a free loopback port; the caller runs and closes it."""

    def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        if settings.forced_subprotocol:
            # Known fault: chosen although the client may not have offered it.
            return Subprotocol(settings.forced_subprotocol)
        return next((name for name in offered if name == "prices.v2"), None)

    return serve_websocket(talk, "127.0.0.1", 0, process_request=authorize, select_subprotocol=choose)
