"""What the JSON reports of Newman and of the Postman CLI have in common."""

from __future__ import annotations

from typing import Any

from triage.ingest.json_text import get, text
from triage.ingest.parts import location
from triage.model import Failure


def address(request: Any) -> str:
    """Where a request went: its URL is a text, or an object with its parts."""
    url = get(request, "url")
    if isinstance(url, str):
        return text(request, "url")
    host = ".".join(part for part in _parts(url, "host"))
    route = "/".join(part for part in _parts(url, "path"))
    protocol, port = text(url, "protocol"), text(url, "port")
    return f"{protocol + '://' if protocol else ''}{host}{':' + port if port else ''}/{route}" if host else ""


def script_failure(error: Any, kind: str) -> Failure:
    """A failure from an error of Postman's sandbox."""
    message, stack, name = text(error, "message"), text(error, "stack"), text(error, "name")
    file, line = location(stack)
    return Failure(
        message=message or text(error, "code") or f"{name or 'failed'} without a message",
        type=name,
        kind=kind,
        trace=stack,
        file=file,
        line=line,
    )


def _parts(url: Any, key: str) -> list[str]:
    found = get(url, key)
    return [part for part in found if isinstance(part, str)] if isinstance(found, list) else []
