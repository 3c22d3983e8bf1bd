"""What a rule says of one failure: what to check, what it probably is, what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.model import Failure
from triage.rules.engine import Engine
from triage.rules.model import HOLE, Rule, Where, fill, said

_HOST = r"(?P<host>[A-Za-z0-9_](?:[\w.-]*\w)?|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?P<port>\d{2,5})(?!\w|[.:]\d)"
_ADDRESSES = (
    rf"\b(?P<url>(?P<scheme>https?|wss?)://{_HOST}(?::{_PORT})?(?![\w@:])(?:/(?:[\w./%+~=:@,-]*[\w/])?)?)",
    rf"\bhost=['\"]{_HOST}['\"], port={_PORT}",
    rf"\b(?:server|host) (?:at|on|name)? ?[\"']{_HOST}[\"'](?: \([^)\n]*\))?,? port {_PORT}",
    rf"(?i:\b(?:connect(?:ing|ion)? to|server on|dial tcp|ECONN(?:REFUSED|RESET)|ETIMEDOUT)) '?{_HOST}:{_PORT}",
    rf"(?<![\w.:/-])(?P<host>localhost|\d{{1,3}}(?:\.\d{{1,3}}){{3}}):{_PORT}",
)
"""Where a message says which machine it is about: a URL, or a host with its port."""
_TABLES = (
    r"\bon table [`\"'](?P<table>[\w.$]+)[`\"']",
    r"\b(?:relation|[Tt]able|object|TABLE NAME:) [`\"'](?P<table>[\w.$]+)[`\"']",
    r"\bconstraint failed: (?P<table>\w+)\.\w+",
    r"\bfor key '(?P<table>\w+)\.\w+'",
    r"\bfails \((?:`[^`\n]+`\.)?`(?P<table>[^`\n]+)`, CONSTRAINT",
    r"\bno such table: (?P<table>[\w.]+)",
    r"\b(?:denied for|owner of) (?:table|relation) (?P<table>[\w.$]+)",
    r"\bcolumn \"\w+\"\.\"(?P<table>\w+)\"\.\"",
    r"(?i)\binsert into [`\"\[]?(?P<table>[\w.$]+)[`\"\]]? ?(?:\(|values\b|select\b)",
    r"(?i)\bupdate [`\"\[]?(?P<table>[\w.$]+)[`\"\]]? set\b",
)
"""Where a database or a statement names a table."""
_MOST = 8_000
"""Characters of a message that are looked at."""
_ANYWHERE = frozenset(("url", "host", "port", "table"))
"""What any check may use."""
_PASTED = r"[\w./:@%+,=~\[\]][\w./:@%+,=~\[\]-]*"
"""What may stand in a command that somebody pastes into a shell: nothing that a shell acts on, and no option."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Lines of a rule, with what its patterns captured in a failure."""

    checks: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def advice(rule: Rule | None, failure: Failure, where: Where) -> Advice:
    """What ``rule`` says of a failure; without a rule nothing.

    A cause or question that needs a capture which the failure does not have is left out. A check then has the name of the
    capture in capitals (``curl -si URL``), and so it has where a shell would act on what was captured: the log says what that
    is, and whoever wrote the log must not write the command.
    """
    if rule is None:
        return Advice()
    captures = _captures(rule, failure, where)
    names = rule.groups | _ANYWHERE
    pasted = {
        name: value if re.fullmatch(_PASTED, value := captures.get(name, "")) else name.upper()
        for name in names
    }
    return Advice(
        checks=tuple(fill(line, pasted) for line in rule.checks),
        causes=tuple(_filled(rule.causes, names, captures)),
        questions=tuple(_filled(rule.questions, names, captures)),
    )


def _captures(rule: Rule, failure: Failure, where: Where) -> dict[str, str]:
    text = said(failure)
    captures = {**address(text), **table(text)}
    if rule.groups and (
        match := Engine([rule]).match(text, failure.type, where)
    ):  # the others need not be compiled
        own = match.captures
        if {"host", "port"} & own.keys() and own.get("host") != captures.get("host"):
            captures = table(text)  # the URL is another machine's
        captures |= own
    return captures


def address(text: str) -> dict[str, str]:
    """The first ``url`` of ``text``, one of a WebSocket as one of HTTP, and its ``host`` and ``port``; or these two alone."""
    found = _first(_ADDRESSES, text)
    if "url" not in found:
        return found
    is_safe = found.pop("scheme").endswith("s")
    url = re.sub(r"(?::\d+){1,2}$", "", found["url"]) if found["url"].count("/") > 2 else found["url"]
    return {
        "url": re.sub("^ws", "http", url),
        "host": found["host"],
        "port": found.get("port") or ("443" if is_safe else "80"),
    }


def table(text: str) -> dict[str, str]:
    """The ``table`` that a database complains of, or that the statement in ``text`` writes."""
    return _first(_TABLES, text)


def _first(patterns: Iterable[str], text: str) -> dict[str, str]:
    """What the first of ``patterns`` that is found captured."""
    match = next(filter(None, (re.search(pattern, text[:_MOST]) for pattern in patterns)), None)
    return {name: value for name, value in match.groupdict().items() if value} if match else {}


def _filled(lines: Iterable[str], names: frozenset[str], captures: dict[str, str]) -> Iterable[str]:
    missing = names - captures.keys()
    return (fill(line, captures) for line in lines if missing.isdisjoint(HOLE.findall(line)))
