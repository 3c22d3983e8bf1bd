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
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import accumulate
from typing import TypeVar

import re2

from triage.signature.kinds import CODED, JOINED, NAMES, VALUE_LIKE, WORD

MAX_LENGTH = 2_000
"""Characters of a message that make its template; what comes later is detail."""
_AWAY = 0xE000
"""The first of the private characters that stand for digits which mean something while others are masked."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MOST_KNOWN = 200_000
"""Words and skeletons that are remembered."""

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status.value >= 300)
_PORTS = (
    "389|636|1433|1521|2181|2375|2379|3306|4222|4317|4318|4444|5432|5671|5672|6379|6443|8500|9042|9092|9200|11211"
    "|15672|27017|50051"
)
"""Of services that others depend on: which one cannot be reached is the cause."""
_SPEAKERS = r"""
      (?P<compared>\b(?:assert\ NUMBER\ (?:==|!=|in|<|>|<=|>=)\ \(?NUMBER|AssertionError:\ NUMBER\ [!=]=\ NUMBER
        |[Ee]xpected:?\ ?[<\[]?NUMBER[>\]]?,?\ (?:but\ (?:was|got|found):?|to\ (?:be|equal|eql|deeply\ equal)|got:?|actual:?)\ ?[<\[]?NUMBER))
    | (?P<code>\b(?:[Ee]xit(?:ed)?(?:[\ _-]?[Cc]ode|\ ?[Ss]tatus|\ with(?:\ (?:code|status))?|\ \([Ss]tatus:|\ value)?|[Ss]ignal|[Ee]rrno|[Cc]ode|SQLCODE|non-zero\ exit\ status|return[\ _]?code|rc|retval|errorlevel|WinError|os\ error|SCODE|\]\ Error|\w(?:Error|Exception)(?=\[))[\ :=\[("']{0,3}-?NUMBER
        |\b(?:(?:[Ee]rror|[Ee]rr|[Rr]eturned|ret|[Ff]ailed)[\ :=(]{1,3}-NUMBER|ERROR\ NUMBER(?=\ \()|[Ee]rror\ NUMBER(?=[:,])|status=NUMBER/|(?i:sql\ ?state)[\ :=(\[]{1,3}STATE|(?:HRESULT|NTST[A]TUS|[Cc]ode|[Ss]tatus|[Rr]esult|[Ee]rror|[Ee]xception)[\ :=(]{0,3}HEX|[Ee]rror:\ SHORT))
    | (?P<lettered>(?:^[\[(]?|PLACE:\ |\b(?:[Ee]rror|ERROR|[Ww]arning|WARNING|[Rr]ule)(?:\ \[?|\[))LETTERED)
    | (?P<status>(?:(?:\b|_)(?:HTTP(?:/[^\s"]+)?"?|SMTP|HttpStatus\.|[Ss]tatus(?:[ _]?[Cc]ode)?(?:\ of)?|code|answered|returned|replied|rejected|(?:failed|responded|rejected)\ with|response(?:\ for\ \S+)?|Error\(|[Ee]rror:?|[Rr]esponse\ \[|[Ff]ailed\ \[|success:|Expected:|Received:|[Ff]ailed(?:\ \(|:)
            |(?:METHODS)\ \S+(?:\ HTTP/\S+|:)?(?:\ -|\ \()?)|[-=]>|→)[\ :='"<]{0,4}STATUS
        |\b(?:[Gg]ot|was|[Rr]eceived)[\ :='"<]{0,4}STATUS(?!\ [a-z]+s\b)|\bwhere\ STATUS\ =\ \S*status
        |(?<![:.\d])(?<!\bline\ )STATUS(?:(?::|\ on|\ for|\ from)\ (?:/|https?:|<(?:path|url)>)|\ \(?(?:PHRASES|Client\ Error|Server\ Error|(?:(?:on|for|from)\ )?(?:METHODS)\ ))
        |(?:^|(?<=[:(]\ )|(?<=\ba\ ))STATUS\ (?:response|reply|error)\b)
    """.replace("PHRASES", _PHRASES).replace("METHODS", "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS")
_NAMES_WHAT = r"(?:[Mm]odule|[Pp]ackage|[Rr]esolve|[Ii]mport|[Pp]lugin|[Ll]ibrary|[Ff]atal\ error:)\ ['\"`]?"
"""Stands before the name of what is missing; a name has slashes too, but does not begin where a file system does."""
_MAY_MEAN = re.compile(
    _SPEAKERS.replace("STATUS", "<num>")
    .replace("NUMBER", "<num>")
    .replace("HEX", "<hex>")
    .replace("SHORT", "<hex>")
    .replace("STATE", r"[<>\w]+")
    .replace("PLACE", ">")
    .replace("LETTERED", r"[A-Z]{0,8}-?<(?:num|code)>(?:[:\])]|\ [^\d<]|$)")
    + r"| (?P<port>[\w>\]]:<(?:num|port)>|\b[Pp]ort[\ :=]{1,2}<num>) | (?P<coded><code>)"
    + rf"| (?P<named>\b{_NAMES_WHAT}[.@]{{0,3}}<path>)",
    re.VERBOSE,
)
"""Where a skeleton holds a number that may mean something."""


def _loosened(pattern: str) -> str:
    """A verbose ``pattern`` in the syntax of google-re2, without what it looks for around: finds as much, and more."""
    kept: list[str] = []
    looking = 0
    for part in re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[=!]|\s+|.", pattern):
        if looking or re.fullmatch(r"\(\?<?[=!]", part):
            looking += part.startswith("(") - (part == ")")
        elif not part.isspace():
            kept.append(part)
    return "".join(kept)


_HINTS = re2.compile(_loosened(_MAY_MEAN.pattern))
"""Most skeletons have nothing of the kind, which this says in a tenth of the time."""
_MEANT = re.compile(
    _SPEAKERS.replace("STATUS", r"(?<!\d)[1-5]\d\d(?![\d.,]*\d)")
    .replace("NUMBER", r"\d+\b")
    .replace("HEX", r"0x[0-9a-fA-F]{8}\b")
    .replace("SHORT", r"0x[0-9a-fA-F]{1,4}\b")
    .replace("STATE", r"\w{5}\b")
    .replace("PLACE", r"\d")
    .replace("LETTERED", r"[A-Z]{1,8}(?:\d{3,4}(?=\ [^\d]|$)|\d{3,6}(?=[:\])])|-\d{3}(?=:))")
    + r"""
    | (?P<port>(?:(?<=[\w\]])(?<!\.py)(?<!\.[jt]s)(?<!\.go)(?<!\.rb)(?<!\.rs)(?<!\.cs)(?<!\.kt)(?<!\.java)(?<!\.cpp)(?<!\.php)(?<!\.c):|\b[Pp]ort[\ :=]{1,2})(?:PORTS)\b(?![:.\d]))
    | (?P<coded>\bSQLSTATE[:\[]\w{5}\b|\b(?:CODED)-?\d{3,6}[A-Z]?\b|\[E\d{4}(?=\])|\bE(?:\d{5}|[45]\d\d)\b)
    | \bNAMES_WHAT(?P<named>[\w@.-]+(?:/[\w@.+-]+)+\b(?!:\d))
    """.replace("NAMES_WHAT", _NAMES_WHAT)
    .replace("CODED", CODED)
    .replace("PORTS", _PORTS),
    re.VERBOSE,
)
_TELLING = re.compile(rf"(?<!\d)[1-5]\d\d(?!\d)|(?:^|[:=])(?:{_PORTS})\b")
"""What a number is that may be a status or a port."""
_NUMBER = re.compile(r"(?<=SQLSTATE[:\[])\w{5}|(?<=S[Tt][Aa][Tt][Ee] )\w{5}|0x[0-9a-fA-F]{1,8}|\d+")
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
        return _remember(self, word, _masked(word, word))


def _in(text: str, pattern: re2._Regexp) -> bool:
    """Whether ``pattern`` is in ``text``, which may have halves of surrogate pairs."""
    return pattern.search(text.encode("utf-8", "surrogatepass")) is not None


def _folded(text: str) -> str:
    """``text``, its digits all 0; by way of its bytes, which takes a tenth of the time."""
    return text.encode("utf-8", "surrogatepass").translate(_DIGITS).decode("utf-8", "surrogatepass")


def _masked(folded: str, word: str) -> str:
    """``word`` with holes where its folded form has values; digits elsewhere (``sqlite3``) stay."""
    if not VALUE_LIKE.search(folded):
        return word
    parts: list[str] = []
    at = 0
    for match in WORD.finditer(folded):
        kind = match.lastgroup or ""
        if kind != "kept":
            parts += (word[at : match.start()], f"<{NAMES.get(kind, kind)}>")
            at = match.end()
    parts.append(word[at:])
    return "".join(parts)


class _Normalizer:
    """Masks messages, and remembers what they are made of."""

    def __init__(self) -> None:
        self._words = _Known()
        self._plans: dict[tuple[str, ...], str | tuple[tuple[int, bool], ...]] = {}
        """By skeletons: the template, or the places of the words whose digits may mean something, and whether they do
        whatever they are."""
        self._speaking: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        """Templates by skeletons and these words."""

    def template(self, text: str) -> str:
        text = text[:MAX_LENGTH]
        skeleton = tuple(map(self._words.__getitem__, _folded(text).split()))
        plan = self._plans.get(skeleton)
        if plan is None:
            plan = _remember(self._plans, skeleton, _plan(skeleton))
        if isinstance(plan, str):
            return plan
        words = text.split()
        key = skeleton, tuple([words[at] if sure or _TELLING.search(words[at]) else "" for at, sure in plan])
        if (template := self._speaking.get(key)) is None:
            template = _remember(self._speaking, key, self._speak(" ".join(words)))
        return template

    def _speak(self, text: str) -> str:
        """The template of a message in which digits mean something."""
        parts: list[str] = []
        codes: list[str] = []
        at = 0
        for said in _MEANT.finditer(text):
            if said["compared"] and not _STATUSES.issuperset(_NUMBER.findall(said[0])):
                continue
            for begin, end in _telling(said):
                # What means something is put away as characters that no mask takes.
                parts += (text[at:begin], chr(_AWAY + len(codes)))
                codes.append(text[begin:end])
                at = end
        words = ("".join(parts) + text[at:]).split()
        template = _joined(_masked(_folded(word), word) for word in words)
        return template.translate({_AWAY + at: code for at, code in enumerate(codes)})


def _telling(said: re.Match[str]) -> list[tuple[int, int]]:
    """Where what means something stands in a match of ``_MEANT``."""
    if said["named"]:
        return [said.span("named")]
    numbers = [number.span() for number in _NUMBER.finditer(said.string, said.start(), said.end())]
    # Before a status there may be a path with numbers of its own, before a lettered code a place.
    return numbers[-1:] if said["status"] or said["lettered"] else numbers


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = value
    return value


def _plan(skeleton: tuple[str, ...]) -> str | tuple[tuple[int, bool], ...]:
    said = " ".join(skeleton)
    # Digits that no mask takes are part of a name.
    places = {at: True for at, word in enumerate(skeleton) if "0" in word}
    ends = list(accumulate(len(word) + 1 for word in skeleton))
    for match in _MAY_MEAN.finditer(said) if _in(said, _HINTS) else ():
        sure = match.lastgroup in ("code", "coded", "lettered", "named")
        for at in range(bisect_right(ends, match.start()), bisect_right(ends, match.end() - 1) + 1):
            places[at] = places.get(at, False) or sure
    return tuple(sorted(places.items())) if places else _joined(skeleton)


def _joined(words: Iterable[str]) -> str:
    template = " ".join(words).replace("<code>", "<num>").replace(":<port>", "")
    for stands, pattern, hole in JOINED:
        if stands in template:
            template = pattern.sub(hole, template)
    return template


@cache
def _normalizer() -> _Normalizer:
    return _Normalizer()


def normalize(text: str) -> str:
    """``text`` as a template: equal for messages that differ only in values.

    White space is folded; at most ``MAX_LENGTH`` characters are looked at.

    >>> normalize("tenant 42: HTTP 429 after 3.2 s")
    'tenant <num>: HTTP 429 after <dur>'
    >>> normalize("status code 429") == normalize("status code 403")
    False
    """
    return _normalizer().template(_PRIVATE.sub("?", text) if not text.isascii() else text)


_HOLE = re.compile(r"<([a-z]+)>")


def holes_of(template: str, text: str) -> tuple[Hole, ...]:
    """The values of the holes of ``template`` in ``text``, in order; none if it is not the template of that text.

    >>> holes_of("tenant <num>: HTTP 429 after <dur>", "tenant 42: HTTP 429 after 3.2 s")
    (Hole(kind='num', value='42'), Hole(kind='dur', value='3.2 s'))
    """
    parts = _HOLE.split(template)
    pattern = "".join("(.+?)" if at % 2 else re2.escape(part) for at, part in enumerate(parts))
    found = re2.fullmatch(f"(?s){pattern}", " ".join(text[:MAX_LENGTH].split()))
    kinds = parts[1::2]
    return tuple(map(Hole, kinds, found.groups())) if found else ()


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
