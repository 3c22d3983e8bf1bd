"""The screens in a browser: textual-serve with a page of our own, which other sites cannot use."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

_PAGE = Path(__file__).with_name("page")


class OwnServer(Server):
    """Serves the screens to its own page alone.

    The library answers whoever opens its socket: any page that is open in the same browser could type, also commands of a
    shell, and read what the screen shows.
    """

    def __init__(self, command: str, host: str, port: int) -> None:
        super().__init__(command, host=host, port=port, title="triage", templates_path=_PAGE)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(_only_own(is_loopback(self.host)))
        return app


def _only_own(here_only: bool) -> Middleware:
    """Refuse what a page of another origin asks for; ``here_only``: also what came by another name of this machine."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = _named(f"//{request.host}")
        origin = request.headers.get("Origin")
        # A name that somebody else's server lets stand for this machine is that of their page.
        is_foreign = here_only and asked[0] != "localhost"
        if is_foreign or (origin is not None and _named(origin) != asked):
            raise web.HTTPForbidden(text="only for the page that this program serves\n")
        return await handler(request)

    return answer


def _named(url: str) -> tuple[str, int | None]:
    """Host and port of ``url``; all names of this machine itself are one."""
    try:
        parts = urlsplit(url)
        return "localhost" if is_loopback(parts.hostname or "") else parts.hostname or "", parts.port
    except ValueError:
        return "", None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is reached from this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
