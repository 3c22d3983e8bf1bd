"""Text to template: what varies from run to run becomes a typed hole, what carries meaning stays.

Kept: HTTP statuses, errno names and numbers, exit and signal codes, SQL states, codes of compilers, ports of well-known
services, exception types. Everything else that looks like a value (ids, numbers, times, paths, addresses) is a hole.

A message is split at white space. Each word is masked once for all messages, by itself and without regard to what its
digits are; the row of masked words, the *skeleton*, is looked at once for all messages that share it: there words that
belong together (``3.2 s``, ``exit code 137``) are seen. So most messages cost a look into two dictionaries.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from http import HTTPStatus
from itertools import accumulate
from typing import TypeVar

import re2

from triage.escapes import strip_ansi
from triage.signature.codes import MAY_MEAN, MEANT, NUMBER, told, told_lettered, told_port
from triage.signature.kinds import JOINED, NAMES, VALUE_LIKE, WORD

MAX_LENGTH = 2_000
"""Characters of a message that make its template; what comes later is detail."""
_AWAY = 0xE000
"""The first of the private characters that stand for digits which mean something while others are masked."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MOST_KNOWN = 200_000
"""Words and skeletons that are remembered."""

_BEFORE = 3
"""Words before a number that say that it is a value: ``from 10.0.0.1 port 22``, ``one-time code 429``."""

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_RANDOM = re.compile(
    r"(?P<before>[(\['\"]*(?:[A-Za-z_]{1,40}=)?)"
    r"(?:(?P<uuid>[0a-f]{8}-[0a-f]{4}-[0a-f]{4}-[0a-f]{4}-[0a-f]{12})|(?P<hex>(?=[a-f]*0)(?=0*[a-f])[0a-f]{8,}))"
    r"(?P<behind>[)\]'\",.;:]*)"
)
"""Whole words of which there are as many as messages, as folded; ``WORD`` says the same of them."""
_STATUSES = frozenset(str(status.value) for status in HTTPStatus)


@dataclass(frozen=True, slots=True)
class Hole:
    """One masked value."""

    kind: str
    """``uuid``, ``num``, ``path`` ..., as written in the template between angle brackets."""
    value: str


class _Known(dict[str, str]):
    """Words, their digits all 0, with what is left of them masked."""

    def __missing__(self, word: str) -> str:
        if (random := _RANDOM.fullmatch(word)) is not None:
            # Hardly ever met again: not worth to be remembered.
            return f"{random['before']}<{'uuid' if random['uuid'] else 'hex'}>{random['behind']}"
        return _remember(self, word, _masked(word, word))


def _in(text: str, pattern: re2._Regexp) -> bool:
    """Whether ``pattern`` is in ``text``, which may have halves of surrogate pairs."""
    return pattern.search(text.encode("utf-8", "surrogatepass")) is not None


def _folded(text: str) -> str:
    """``text``, its digits all 0; by way of its bytes, which takes a tenth of the time."""
    return text.encode("utf-8", "surrogatepass").translate(_DIGITS).decode("utf-8", "surrogatepass")


def _masked(folded: str, word: str) -> str:
    """``word`` with holes where its folded form has values; digits elsewhere (``sqlite3``) stay."""
    parts: list[str] = []
    at = 0
    for start, end, hole in _values_in(folded):
        parts += (word[at:start], hole)
        at = end
    return "".join((*parts, word[at:])) if parts else word


@lru_cache(maxsize=50_000)  # one folded word stands for many, whose digits may all be asked for
def _values_in(folded: str) -> tuple[tuple[int, int, str], ...]:
    """Where values begin and end, and their holes."""
    if not VALUE_LIKE.search(folded):
        return ()
    return tuple(
        (*match.span(), f"<{NAMES.get(kind, kind)}>")
        for match in WORD.finditer(folded)
        if (kind := match.lastgroup or "") != "kept"
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What of a skeleton's messages may mean something."""

    places: tuple[tuple[int, Callable[[str], str]], ...]
    """The words whose digits may, and what of these counts."""
    begin: int | None
    """The word from which on ``MEANT`` may be found; None where digits stay because they are part of a name."""
    spoken: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Templates by what counts of these words."""


class _Normalizer:
    """Masks messages, and remembers what they are made of."""

    def __init__(self) -> None:
        self._words = _Known()
        self._plans: dict[tuple[str, ...], str | _Plan] = {}
        """By skeletons: the template, or which words of these messages must be looked at for it."""
        self._spoken = 0
        """Templates that these plans remember."""

    def template(self, text: str) -> str:
        text = text[:MAX_LENGTH]
        skeleton = tuple(map(self._words.__getitem__, _folded(text).split()))
        plan = self._plans.get(skeleton)
        if plan is None:
            plan = _remember(self._plans, skeleton, _plan(skeleton))
        if isinstance(plan, str):
            return plan
        words = text.split()
        told = tuple([counts(words[at]) for at, counts in plan.places])
        template = plan.spoken.get(told)
        if template is None:
            if self._spoken >= _MOST_KNOWN:
                self._plans.clear()
                self._spoken = 0
            template = plan.spoken[told] = self._speak(skeleton, words, plan)
            self._spoken += 1
        return template

    def _speak(self, skeleton: tuple[str, ...], words: list[str], plan: _Plan) -> str:
        """The template of a message in which digits mean something."""
        codes: list[str] = []
        if plan.begin is not None:
            text = " ".join(words)
            begin = sum(map(len, words[: plan.begin])) + plan.begin
            text, codes = _put_away(text, begin)
            said = text.split()
        else:
            said = words
        template = _joined(
            masked if now == word and "0" not in masked else self._word(now)
            for masked, word, now in zip(skeleton, words, said, strict=True)
        )
        return template.translate({_AWAY + at: code for at, code in enumerate(codes)}) if codes else template

    def _word(self, word: str) -> str:
        """``word`` masked."""
        folded = _folded(word)
        masked = self._words[folded]
        return _masked(folded, word) if "0" in masked else masked


def _put_away(text: str, begin: int) -> tuple[str, list[str]]:
    """``text`` with what means something in it, from ``begin`` on, as private characters that no mask takes; and what that is."""
    parts: list[str] = []
    codes: list[str] = []
    at = 0
    for said in MEANT.finditer(text, begin):
        if said["value"] or (said["compared"] and not _STATUSES.issuperset(NUMBER.findall(said[0]))):
            continue
        for start, end in _telling(said):
            parts += (text[at:start], chr(_AWAY + len(codes)))
            codes.append(text[start:end])
            at = end
    return "".join(parts) + text[at:], codes


def _telling(said: re.Match[str]) -> list[tuple[int, int]]:
    """Where what means something stands in a match of ``MEANT``."""
    if said["named"]:
        return [said.span("named")]
    numbers = [number.span() for number in NUMBER.finditer(said.string, said.start(), said.end())]
    # Before a status there may be a path with numbers of its own, before a lettered code a place, before a port an address.
    return numbers[-1:] if said["status"] or said["lettered"] or said["port"] else numbers


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = value
    return value


def _left(word: str) -> str:
    """``word`` with holes."""
    return _masked(_folded(word), word)


_COUNTS = {"port": told_port, "status": told, "compared": told, "lettered": told_lettered}
"""What of a word counts where ``MAY_MEAN`` finds something; elsewhere all of it does."""


def _plan(skeleton: tuple[str, ...]) -> str | _Plan:
    said = " ".join(skeleton)
    # Digits that no mask takes are part of a name; beside a value they are what is left of the word.
    places: dict[int, Callable[[str], str]] = {
        at: _left if "<" in word else str for at, word in enumerate(skeleton) if "0" in word
    }
    ends = list(accumulate(len(word) + 1 for word in skeleton))
    begin = None
    for match in MAY_MEAN.finditer(said):
        counts = _COUNTS.get(match.lastgroup or "", str)
        first = bisect_right(ends, match.start())
        begin = max(0, first - _BEFORE) if begin is None else begin
        for at in range(first, bisect_right(ends, match.end() - 1) + 1):
            places[at] = counts if places.get(at, counts) is counts else str
    return _Plan(tuple(places.items()), begin) if places else _joined(skeleton)


def _joined(words: Iterable[str]) -> str:
    return JOINED.apply(" ".join(words).replace("<code>", "<num>").replace(":<port>", ""))


@cache
def _normalizer() -> _Normalizer:
    return _Normalizer()


def normalize(text: str) -> str:
    """``text`` as a template: equal for messages that differ only in values.

    White space is folded, escape sequences are left out; at most ``MAX_LENGTH`` characters are looked at.

    >>> normalize("tenant 42: HTTP 429 after 3.2 s")
    'tenant <num>: HTTP 429 after <dur>'
    >>> normalize("status code 429") == normalize("status code 403")
    False
    """
    if "\x1b" in text:
        text = strip_ansi(text)
    return _normalizer().template(_PRIVATE.sub("?", text) if not text.isascii() else text)


_HOLE = re.compile(r"<([a-z]+)>")


def holes_of(template: str, text: str) -> tuple[Hole, ...]:
    """The values of the holes of ``template`` in ``text``, in order; none if it is not the template of that text.

    >>> holes_of("tenant <num>: HTTP 429 after <dur>", "tenant 42: HTTP 429 after 3.2 s")
    (Hole(kind='num', value='42'), Hole(kind='dur', value='3.2 s'))
    """
    first, *parts = _HOLE.split(template)
    said = " ".join(strip_ansi(text)[:MAX_LENGTH].split())
    last = parts[-1] if parts else ""
    begin, end = len(first), len(said) - len(last)
    if not (parts and said.startswith(first) and said.endswith(last)):
        return ()
    values: list[str] = []
    # As for any pattern of texts with gaps between them, the first place where a text stands is good enough.
    for between in parts[1:-1:2]:
        found = said.find(between, begin + 1, end)
        if found < 0:
            return ()
        values.append(said[begin:found])
        begin = found + len(between)
    return tuple(map(Hole, parts[::2], (*values, said[begin:end]))) if begin < end else ()


def template_of(text: str) -> tuple[str, tuple[Hole, ...]]:
    """The template of ``text``, and the values of its holes."""
    template = normalize(text)
    return template, holes_of(template, text)


PLACE = " @ "
"""Stands before the place in a template that says too little without one."""

# Words whose difference means another cause, however alike the rest is.
_CODE = re.compile(
    r"\b[1-5]\d\d\b|(?-i:\bE[A-Z]{3,}\b)|\b(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Timeout|Failure|Refused)\b"
    r"|\b(?:exit|signal|errno|code)\D{0,9}-?\d+|\bSQLSTATE\W*\w{5}|(?-i:\bSIG[A-Z]{2,}\b)|\b\d+\b",
    re.IGNORECASE,
)
_HAS_CODE = re2.compile(f"(?i){_CODE.pattern}")


def codes_in(template: str) -> frozenset[str]:
    """Statuses, errnos, codes and exception types, whose difference means another cause."""
    if not _in(template, _HAS_CODE):
        return frozenset()
    return frozenset(code.lower() for code in _CODE.findall(template))
