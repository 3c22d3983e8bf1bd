"""The HTTP server around the routes."""

from __future__ import annotations

import json
import logging
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from shop.errors import ApiError
from shop.routes import Request, Shop, find

log = logging.getLogger("shop.http")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: Shop

    def answer(self) -> None:
        began = time.monotonic()
        address = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        tenant = self.shop.store.by_token.get(token)
        headers: dict[str, str] = {}
        try:
            handler, captured = find(self.command, address.path)
            request = Request(
                self.shop,
                self.headers.get("X-Api-Key", "none"),
                tenant,
                json.loads(raw or b"{}"),
                dict(parse_qsl(address.query)),
            )
            status, body = handler(request, *captured)
        except ApiError as error:
            status, body = error.status, {"detail": error.detail}
            if error.retry_after:
                headers["Retry-After"] = str(error.retry_after)
        except Exception:
            log.exception("%s %s broke", self.command, address.path)
            status, body = 500, {"detail": "internal error"}
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        level = logging.ERROR if status >= 500 else logging.WARNING if status in (403, 429) else logging.INFO
        owner = tenant.name if tenant else "-"
        took = (time.monotonic() - began) * 1000
        log.log(level, "%s %s %d tenant=%s %.0f ms", self.command, address.path, status, owner, took)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 (the names that http.server asks for)

    def log_message(self, *_: object) -> None:
        """Silent: ``answer`` logs."""


def serve(shop: Shop) -> ThreadingHTTPServer:
    """A server on a free loopback port; the caller runs and closes it."""
    return ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"shop": shop}))
