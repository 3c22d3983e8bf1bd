"""What a message is about: the machine that it names, and the table of a database."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MOST = 2_000
"""Characters of a message that are looked at."""
_URL = re.compile(r"\b(?:https?|wss?)://[^\s'\"<>`|\\]+", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_](?:[\w.-]*\w)?|[0-9A-Fa-f:]+", re.ASCII)
_PATH = re.compile(r"(?:/[\w./%+~=:@,-]*)?", re.ASCII)
_PLACE_IN_FILE = re.compile(
    r"(?<=\.js)(?::\d+){1,2}$|(?<=\.[jt]sx)(?::\d+){1,2}$|(?<=\.[cm][jt]s)(?::\d+){1,2}$|(?<=\.ts)(?::\d+){1,2}$",
    re.ASCII,
)
_ABOUT_DOCUMENTS = re.compile(
    r"(?i)(?:\b(?:visit|see|read)(?: also)?:?[ \"'(<]*|\b(?:background on this error at|information|documentation|help|docs?|learn more)\b[^\n]{0,20}"
    r"|documentation_url|xmlns|DOCTYPE|PUBLIC)[^\n\w]{0,4}$|(?:xmlns|DOCTYPE|PUBLIC)[^\n]{0,60}$"
)
_DOCUMENTS = re.compile(
    r"(?i)^(?:docs?|developers?|errors?|help|learn|support)\.|(?:^|\.)(?:sqlalche\.me|w3\.org|pris\.ly|aka\.ms|react(?:js)?\.(?:org|dev)"
    r"|selenium\.dev|nodejs\.org|jestjs\.io|vitest\.dev|playwright\.dev|on\.cypress\.io|readthedocs\.io|schema\.org)$"
)
_IN_PROCESS = ("testserver", "test", "testclient")
"""What clients that talk to an application in the same process call it."""
_HOST = r"(?P<host>(?>[A-Za-z0-9_](?:[\w.-]*\w)?)|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?P<port>\d{2,5})(?!\w|[.:]\d)"
_PLACES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"\b(?:(?P<pool>HTTPS?)ConnectionPool\()?host=['\"]{_HOST}['\"], port={_PORT}",
        rf"\b(?:server|host) (?:at |on |name )?[\"']{_HOST}[\"'](?: \([^)\n]{{0,100}}\))?,? port {_PORT}",
        rf"(?i:\b(?:connect(?:ing|ion)? to|server on|dial tcp|ECONN(?:REFUSED|RESET)|ETIMEDOUT|Connection refused:)) '?(?:[\w.-]*/)?{_HOST}:{_PORT}",
        rf"->{_HOST}:{_PORT}",
        rf"(?<![\w.:/>-])(?<! on )(?:ipv4:)?(?P<host>localhost|\d{{1,3}}(?:\.\d{{1,3}}){{3}}):{_PORT}(?!->)",
    )
)
_TABLES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"\b(?:on table|relation|[Tt]able|in object|TABLE NAME:) [`\"'](?P<table>\w[\w.$]*[\w$])[`\"'](?! is not )",
        r"\bconstraint failed: (?P<table>\w+)\.\w+",
        r"\bfor key '(?P<table>\w+)\.\w+'",
        r"\bfails \((?:`[^`\n]{1,100}`\.)?`(?P<table>[\w$]+)`, CONSTRAINT",
        r"\bno such table: (?P<table>\w+(?:\.\w+)?)(?![\w.])",
        r"\b(?:denied for|owner of) (?:table|relation) (?P<table>\w+)",
        r"\bcolumn \"\w+\"\.\"(?P<table>\w+)\"\.\"",
        r"(?i)\binsert (?:or \w+ )?into (?P<table>[\w.$`\"\[\]]+) ?(?:\(|values\b|select\b)",
        r"(?i)\bupdate (?P<table>[\w.$`\"\[\]]+) set [`\"\[]?\w+[`\"\]]? ?=",
    )
)


def address(text: str) -> dict[str, str]:
    """The first machine that ``text`` names: ``host`` and ``port``, and the ``url`` without its query where it is one.

    The URL of a WebSocket is given as one of HTTP. What leads to documentation is none of it, nor is what has a password.
    """
    text = text[:_MOST]
    places = [match for pattern in _PLACES if (match := pattern.search(text))]
    first = min(places, key=lambda match: match.start(), default=None)
    for match in _URL.finditer(text):
        if first is not None and first.start() < match.start():
            break
        if not _ABOUT_DOCUMENTS.search(text, max(0, match.start() - 80), match.start()) and (
            found := _parted(match[0])
        ):
            return found
    if first is None:
        return {}
    found = {"host": first["host"].strip("[]"), "port": first["port"]}
    if scheme := first.groupdict().get("pool"):
        found["url"] = f"{scheme.lower()}://{first['host']}:{first['port']}"
    return found


def table(text: str) -> dict[str, str]:
    """The ``table`` that a database complains of, or that the statement in ``text`` writes."""
    for pattern in _TABLES:
        if match := pattern.search(text, 0, _MOST):
            return {"table": re.sub(r"[`\"\[\]]", "", match["table"])}
    return {}


def _parted(url: str) -> dict[str, str]:
    try:
        parts = urlsplit(url.rstrip(".,;:!?)]}"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return {}
    if "@" in parts.netloc or not _NAME.fullmatch(host) or _DOCUMENTS.search(host) or host in _IN_PROCESS:
        return {}
    scheme = parts.scheme.replace("ws", "http")
    path = _PLACE_IN_FILE.sub("", parts.path)
    return {
        "url": f"{scheme}://{parts.netloc}{path if _PATH.fullmatch(path) else ''}",
        "host": host,
        "port": str(port or (443 if scheme == "https" else 80)),
    }
