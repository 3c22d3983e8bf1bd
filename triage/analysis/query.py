"""The language of filters, the same on the screen and on the command line.

``category:infra status:open rule:http-429 test:*checkout* since:2d -tag:known words in messages``

All terms must hold; ``-`` in front turns one around. A value may be begun only (``category:inf``), may hold ``*`` and ``?``, and
stands in quotes where it has blanks. ``@NAME`` is a filter that was saved (``expand``). What has no known key in front is text: looked for in what the list says of a cluster, and in
its failures and notes. A text under way is a valid one, so that it can be asked at every key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase

from triage.analysis.moments import utc
from triage.model import TriageError
from triage.rules import CATEGORIES
from triage.store import Store
from triage.store.clusters import ClusterRow
from triage.store.ids import ids_like
from triage.store.search import clusters_of_sources, clusters_of_tests, matching_clusters

_TERM = re.compile(r'(?P<not>-?)(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))')
_SAVED = re.compile(r'"[^"]*"?|(?<!\S)@(?P<name>[\w-]+)(?!\S)')
_AGE = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class QueryError(TriageError):
    """A filter that cannot mean what it says."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition."""

    key: str
    """One of ``KEYS``, or empty for text."""
    value: str
    negated: bool = False


def parse(text: str) -> list[Term]:
    """The terms of ``text``; a key that is not known is part of the text, a known one without a value says nothing yet.

    >>> [(term.key, term.value) for term in parse('status:open "no mailbox" 12:30')]
    [('status', 'open'), ('', 'no mailbox'), ('', '12:30')]
    """
    terms = []
    for found in _TERM.finditer(text):
        key = (found["key"] or "").lower()
        value = found["quoted"] if found["quoted"] is not None else found["bare"]
        if not found["key"] and value.lower().removesuffix(":") in KEYS and value.endswith(":"):
            continue  # its value is still to be typed
        if key in KEYS:
            terms.append(Term(key, value, bool(found["not"])))
        elif found["key"] is None and found["not"] and value:
            terms.append(Term("", value, True))
        elif value:
            terms.append(Term("", found[0].replace('"', "")))
    return terms


def named(name: str) -> str | None:
    """The name under which a filter can be saved: ``name`` without an ``@`` in front; None if it has other characters
    than letters, digits, ``-`` and ``_``, or more than 40."""
    found = re.fullmatch(r"@?([\w-]{1,40})", name.strip())
    return found[1] if found else None


def expand(text: str, saved: Mapping[str, str]) -> str:
    """``text`` with what ``@NAME`` means in its place, wherever it stands alone; in quotes it is text.

    Raises:
        QueryError: no filter is saved under that name.
    """

    def meaning(found: re.Match[str]) -> str:
        if found["name"] is None:
            return found[0]
        if found["name"] in saved:
            return saved[found["name"]]
        near = get_close_matches(found["name"], saved, 1)
        meant = (
            f"did you mean @{near[0]}?"
            if near
            else f"there are {', '.join(f'@{n}' for n in saved) or 'none yet'}"
        )
        raise QueryError(f"@{found['name']}: no saved filter has this name; {meant}")

    return _SAVED.sub(meaning, text)


def check(terms: Iterable[Term]) -> None:
    """Refuse what is probably a slip: a key that is nearly one, a moment that is none, a value that nothing can have.

    Raises:
        QueryError: with what was probably meant.
    """
    for term in terms:
        key, colon, _ = term.value.partition(":")
        if not term.key and colon and key.lower() not in KEYS:
            for meant in get_close_matches(key.lower(), KEYS, 1, 0.75):
                raise QueryError(f"{key}: no key of filters; did you mean {meant}:?")
        if term.key in ("since", "until") and _moment(term.value) is None:
            raise QueryError(
                f"{term.key}:{term.value}: neither an age (90m, 12h, 2d, 3w) nor a date (2026-03-01)"
            )
        known = _CHOICES.get(term.key)
        if known and not any(_fits(choice, term.value) for choice in known):
            raise QueryError(f"{term.key}:{term.value}: there are {', '.join(known)}")


def searched(terms: Iterable[Term]) -> str:
    """The text that is looked for in failures and notes, besides what the list says; empty where it is too short for that."""
    text = " ".join(_words(terms))
    return text if len(text) > 2 else ""


def select(
    db: Store,
    rows: list[ClusterRow],
    terms: Iterable[Term],
    search: Callable[[Store, str], Set[str]] = matching_clusters,
) -> list[ClusterRow]:
    """Those of ``rows`` for which all ``terms`` hold, in their order.

    ``search`` gives the ids of clusters that have a text (see ``searched``) in their failures or notes.
    """
    terms = list(terms)
    words = _words(terms)
    for term in terms:
        if term.key or term.negated:
            holds = _ASK[term.key](db, term.value)
            rows = [row for row in rows if holds(row) is not term.negated]
    if words:
        found = {row.id for row in rows if all(_says(row, word) for word in words)}
        if (text := searched(terms)) and len(found) < len(rows):  # else there is nothing left to find
            found |= search(db, text)
        rows = [row for row in rows if row.id in found]
    return rows


def _words(terms: Iterable[Term]) -> list[str]:
    return [term.value for term in terms if not term.key and not term.negated]


_Holds = Callable[[ClusterRow], bool]


def _says(row: ClusterRow, word: str) -> bool:
    said = " ".join(
        (
            row.id, row.title, row.template, row.rule or "", row.category, CATEGORIES.get(row.category, ""),
            row.verdict.label, row.status, "new" if row.new else "", f"@{row.owner}" if row.owner else "",
            *(f"#{tag}" for tag in row.tags),
        )
    )  # fmt: skip
    return word.lower() in said.lower()


def _fits(said: str, wanted: str) -> bool:
    """Whether ``said`` begins as ``wanted`` does, or fits it where that has wild cards; blanks and ``_`` are alike."""
    said, wanted = (re.sub(r"[ _-]+", " ", text.lower()) for text in (said, wanted))
    return fnmatchcase(said, wanted) if re.search(r"[*?]", wanted) else said.startswith(wanted)


def _field(of: Callable[[ClusterRow], Iterable[str]]) -> Callable[[Store, str], _Holds]:
    return lambda _, value: lambda row: any(_fits(said, value) for said in of(row))


def _whose_id(db: Store, value: str) -> _Holds:
    """That of what was merged into a cluster is one of its own."""
    merged = set(ids_like(db, value).values())
    return lambda row: row.id in merged or _fits(row.id, value)


def _among(ids_for: Callable[[Store, str], set[str]]) -> Callable[[Store, str], _Holds]:
    def ask(db: Store, value: str) -> _Holds:
        ids = ids_for(db, value)
        return lambda row: row.id in ids

    return ask


def _when(later: bool) -> Callable[[Store, str], _Holds]:
    def ask(_: Store, value: str) -> _Holds:
        limit = _moment(value)
        if limit is None:
            return lambda row: True  # not written to its end
        return lambda row: (utc(row.last_seen or "") >= limit) is later

    return ask


def _moment(value: str) -> datetime | None:
    if age := _AGE.fullmatch(value):
        try:
            return datetime.now(UTC) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    found = utc(value)
    return None if found.year == 1 else found


_CHOICES: dict[str, tuple[str, ...]] = {
    "category": (*CATEGORIES.values(), *CATEGORIES, "none"),
    "status": ("open", "investigating", "resolved"),
    "verdict": ("unknown", "product bug", "test bug", "flaky", "infrastructure", "expected by design"),
    "is": ("new", "known"),
}
_ASK: dict[str, Callable[[Store, str], _Holds]] = {
    "": lambda _, value: lambda row: _says(row, value),
    "category": _field(lambda row: (row.category or "none", CATEGORIES.get(row.category, ""))),
    "status": _field(lambda row: (row.status,)),
    "verdict": _field(lambda row: (row.verdict.label,)),
    "rule": _field(lambda row: (row.rule or "none",)),
    "tag": _field(lambda row: row.tags or ("none",)),
    "owner": _field(lambda row: (row.owner or "none",)),
    "id": _whose_id,
    "is": _field(lambda row: ("new" if row.new else "known",)),
    "test": _among(clusters_of_tests),
    "source": _among(clusters_of_sources),
    "since": _when(later=True),
    "until": _when(later=False),
}
KEYS = tuple(key for key in _ASK if key)
"""What a term can be about."""
