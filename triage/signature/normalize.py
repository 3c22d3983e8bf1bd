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

MAX_LENGTH = 2_000
"""Characters of a message that make its template; what comes later is detail."""
_AWAY = 0xE000
"""The first of the private characters that stand for digits which mean something while others are masked."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MOST_KNOWN = 200_000
"""Words and skeletons that are remembered."""

_DIGITS = str.maketrans("123456789", "000000000")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_DOMAIN = (
    r"(?:com|org|net|edu|gov|info|biz|cloud|local|localdomain|internal|lan|arpa"
    r"|ai|ar|au|bg|br|by|ca|ch|cl|cn|co|cz|de|dk|ee|es|eu|fi|fr|gr|hk|hr|hu|ie|il|io|ir|jp|kr|kz|lt|lv|mx|my|nl|nz|pe|ph|pk"
    r"|pt|ro|ru|se|sg|si|sk|th|tr|tv|tw|ua|uk|us|uz|ve|vn|za)"
)
"""Top-level domains, without those that are words or the names of packages more often."""
_CODED = "ORA|TNS|PLS|DPI|SP0|SP2|TS|CS|BC|MSB|NU|CA|IDE|SYSLIB|NETSDK|CLI|LNK|MC|AD|SQL|PGRST|ERR"
"""What the codes of databases and compilers begin with."""
_FILE = (
    "py|pyx|js|jsx|mjs|cjs|ts|tsx|vue|go|rs|java|kt|scala|groovy|rb|php|c|cc|cpp|cxx|h|hpp|m|mm|cs|fs|vb|swift|ex|exs|erl|lua|sh"
    "|pl|pm|t|r|sql|yml|yaml|json|xml|html|feature|robot|log|txt|md|toml|cfg|ini"
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"

# One word, its digits all 0. The first alternative that matches at a place wins.
_WORD = re.compile(
    rf"""
      (?P<jwt>\beyJ[\w-]{{5,}}\.[\w-]{{5,}}(?:\.[\w-]*)?)
    | (?P<uuid>\b[0a-fA-F]{{8}}-[0a-fA-F]{{4}}-[0a-fA-F]{{4}}-[0a-fA-F]{{4}}-[0a-fA-F]{{12}}\b)
    | (?P<trace>\b00-[0a-f]{{32}}-[0a-f]{{16}}-00\b)
    | (?P<time>\b0000[-/]00?[-/]00?(?:[T_]00[:.-]?00(?:[:.-]?00(?:[.,]0+)?)?(?:Z|[+-]00:?00)?)?(?![\w-])
        |\b00?:00:00(?:[.,]0+)?(?:Z|[+-]00:?00)?(?![\w:])|(?<![\w:.])00?[/.]00?[/.](?:0000|00)(?![\w./]))
    | (?P<url>\b(?:https?|wss?|ftps?|s?ftp|ssh|git|postgres(?:ql)?|mysql|mariadb|redis|amqps?|mongodb(?:\+srv)?|kafka|jdbc:\w+|grpc|tcp|udp|file|s0|gs|docker|unix)://[^\s'"<>)\]}}]+)
    | (?P<email>\b[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+\b)
    | (?P<ip>(?<![\w.])0{{1,3}}(?:\.0{{1,3}}){{3}}(?![\w.]*\w)|\[[0a-fA-F:]*::[0a-fA-F:.]*\]
        |(?<![\w:])(?:[0a-fA-F]{{1,4}}:){{7}}[0a-fA-F]{{1,4}}(?![\w:])|(?<![\w:])(?:[0a-f]{{1,4}}:){{1,6}}:[0a-f:]{{0,20}}(?![\w:]))(?P<ip_port>:0{{1,5}}\b)?
    | (?P<mac>(?<![\w:])(?:[0a-fA-F]{{2}}[:-]){{5,}}[0a-fA-F]{{2}}(?![\w:]))
    | (?P<hex>\b0x[0a-fA-F]+\b|\b(?=[0a-f]*0)(?=[0a-f]*[a-f])[0a-f]{{7,}}\b|\b(?=[0A-F]*0)(?=[0A-F]*[A-F])[0A-F]{{8,}}\b
        |\b(?:[a-f]{{8}}|[a-f]{{16}}|[a-f]{{32}}|[A-F]{{8}}|[A-F]{{16}})\b)
    | (?P<code>(?<=SQLSTATE\[)\w{{5}}(?=\])|(?<=SQLSTATE:)\w{{5}}\b|\b(?:{_CODED})-?0{{3,6}}[A-Z]?\b|(?<=\[)E0000(?=\]))
    | (?P<kept>\bHTTPS?/0(?:\.0)?\b)
    | (?P<host>(?<![\w.@/:$-])(?:{_LABEL}\.){{2,}}{_DOMAIN}\b(?![\w.-]*\w)|(?<![\w.@/:$-])(?:{_LABEL}\.)+(?:com|org|net|edu|gov|local|internal|{_DOMAIN}(?=:0{{2,5}}\b))\b(?![\w-]|\.\w))(?P<host_port>:0{{2,5}}\b)?
    | (?P<name>(?<![\w.@/:$-])(?:localhost|{_LABEL}(?:\.(?!(?:{_FILE}):){_LABEL})+))(?P<name_port>:0{{2,5}}(?![\w:.]*\w))
    | (?P<dur>\b0+(?:\.0+)?(?:ms|µs|us|ns|s|secs?|mins?|m|h)\b(?:0+(?:\.0+)?(?:ms|s|m)\b)*)
    | (?P<size>\b0+(?:\.0+)?(?:[KMGT]i?B|[KMGT]i|bytes?|[kKMG]b)\b)
    | (?P<path>(?<![\w.<])(?:[A-Za-z]:)?(?:[\\/]+[\w.@+~%-]+){{2,}}[\\/]*|(?<![\w/])(?:[\w.@+-]+/){{1,}}[\w@+-]+\.\w{{1,5}}\b)(?P<pathline>:0+(?::0+)?)?
    | (?P<version>\bv?0+\.0+\.0+(?:[.-]\w+)*\b)
    | (?P<id>\b(?=[A-Za-z0]*[A-Za-z]0+[A-Za-z]+0)[A-Za-z0]{{8,}}\b|\b(?=\w*[a-z])(?=\w*[A-Z])(?=\w*0)\w{{20,}}\b)
    | (?P<num>(?<![\w])[-+]?0+(?:[.,]0+)*(?:[eE][-+]?0+)?%?(?!\w)|(?<=[a-zA-Z_-])0+(?=_|\b)(?!\.[a-zA-Z])|\b0+(?=[a-zA-Z_]))
    """,
    re.VERBOSE,
)
_VALUE_LIKE = re.compile(r"[0/\\@.]|\b(?:[a-f]{8,32}|[A-F]{8,32})\b")
"""What every value has in it."""
_KINDS = {
    "pathline": "path", "mac": "hex", "trace": "hex",
    "ip_port": "ip>:<port", "host_port": "host>:<port", "name_port": "host>:<port",
}  # fmt: skip

_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status.value >= 300)
_PORTS = (
    "389|636|1433|1521|2181|2375|2379|3306|4222|4317|4318|4444|5432|5671|5672|6379|6443|8500|9042|9092|9200|11211"
    "|15672|27017|50051"
)
"""Of services that others depend on: which one cannot be reached is the cause."""
_SPEAKERS = r"""
      (?P<code>\b(?:[Ee]xit(?:ed)?(?:[\ _]?[Cc]ode|\ status|\ with(?:\ (?:code|status))?)?|[Ss]ignal|[Ee]rrno|code|non-zero\ exit\ status|return[\ _]?code|rc|retval|errorlevel|WinError|os\ error|SCODE|\]\ Error)[\ :=\[(]{0,3}-?NUMBER
        |\bERROR\ NUMBER(?=\ \()|\b(?:HRESULT|NTSTATUS|[Cc]ode|[Ss]tatus|[Rr]esult|[Ee]rror)[\ :=(]{0,3}HEX)
    | (?P<status>\b(?:HTTP(?:/[^\s"]+)?"?|[Ss]tatus(?:[ _]?[Cc]ode)?|code|answered|returned|replied|got|was|response|[Ee]rror:?|[Rr]esponse\ \[|Expected:|Received:|->)[\ :='"]{0,4}STATUS
        |STATUS(?=\ (?:PHRASES))|\bassert\ NUMBER\ (?:==|!=|in|<|>|<=|>=)\ \(?NUMBER)
    """.replace("PHRASES", _PHRASES)
_MAY_MEAN = re.compile(
    _SPEAKERS.replace("STATUS", "<num>").replace("NUMBER", "<num>").replace("HEX", "<hex>")
    + r"| (?P<port>[\w>\]]:<(?:num|port)>) | (?P<coded><code>)",
    re.VERBOSE,
)
"""Where a skeleton holds a number that may mean something."""
_MEANT = re.compile(
    _SPEAKERS.replace("STATUS", r"(?<!\d)[1-5]\d\d(?![\d.,]*\d)")
    .replace("NUMBER", r"\d+\b")
    .replace("HEX", r"0x[0-9a-fA-F]{8}\b")
    + r"""
    | (?P<port>(?<=[\w\]])(?<!\.py)(?<!\.[jt]s)(?<!\.go)(?<!\.rb)(?<!\.rs)(?<!\.cs)(?<!\.kt)(?<!\.java)(?<!\.cpp)(?<!\.php)(?<!\.c):(?:PORTS)\b(?![:.\d]))
    | (?P<coded>\bSQLSTATE[:\[]\w{5}\b|\b(?:CODED)-?\d{3,6}[A-Z]?\b|\[E\d{4}(?=\]))
    """.replace("CODED", _CODED).replace("PORTS", _PORTS),
    re.VERBOSE,
)
_TELLING = re.compile(rf"(?<!\d)[1-5]\d\d(?!\d)|:(?:{_PORTS})\b")
"""What a number is that may be a status or a port."""
_NUMBER = re.compile(r"(?<=SQLSTATE[:\[])\w{5}|0x[0-9a-fA-F]{8}|\d+")
_STATUSES = frozenset(str(status.value) for status in HTTPStatus)

# Words of a skeleton that are one value.
_JOINED = (
    (
        re.compile(
            rf"\b(?:{_DAY},? )?(?:{_MONTH} <num>|<num>[ -]{_MONTH}),?(?:[ -]<num>)?,? <time>(?: [A-Z]{{3,4}}\b)?(?: <num>)?"
        ),
        "<time>",
    ),
    (re.compile(r"<time>,? <time>(?: [+-]?<num>)?(?: (?:UTC|GMT|AM|PM))?"), "<time>"),
    (
        re.compile(
            r"<?<num> (?:ms|µs|us|ns|s|secs?|seconds?|min|mins|minutes?|h|hours?|milliseconds?)\b(?!/)(?:,? <num> (?:ms|s|secs?|seconds?|mins?|minutes?)\b)*"
        ),
        "<dur>",
    ),
    (re.compile(r"<num> (?:[KMGT]i?B|bytes?|[kKMG]b|B)\b(?!/)"), "<size>"),
    (re.compile(r"<size> \(<size>\)"), "<size>"),
)


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


def _masked(folded: str, word: str) -> str:
    """``word`` with holes where its folded form has values; digits elsewhere (``sqlite3``) stay."""
    if not _VALUE_LIKE.search(folded):
        return word
    parts: list[str] = []
    at = 0
    for match in _WORD.finditer(folded):
        kind = match.lastgroup or ""
        if kind != "kept":
            parts += (word[at : match.start()], f"<{_KINDS.get(kind, kind)}>")
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
        skeleton = tuple(map(self._words.__getitem__, text.translate(_DIGITS).split()))
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
            if said[0].startswith("assert ") and not _STATUSES.issuperset(_NUMBER.findall(said[0])):
                continue
            for number in _NUMBER.finditer(text, said.start(), said.end()):
                # What means something is put away as characters that no mask takes.
                parts += (text[at : number.start()], chr(_AWAY + len(codes)))
                codes.append(number[0])
                at = number.end()
        words = ("".join(parts) + text[at:]).split()
        template = _joined(_masked(word.translate(_DIGITS), word) for word in words)
        return template.translate({_AWAY + at: code for at, code in enumerate(codes)})


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
    for match in _MAY_MEAN.finditer(said):
        sure = match.lastgroup in ("code", "coded")
        for at in range(bisect_right(ends, match.start()), bisect_right(ends, match.end() - 1) + 1):
            places[at] = places.get(at, False) or sure
    return tuple(sorted(places.items())) if places else _joined(skeleton)


def _joined(words: Iterable[str]) -> str:
    template = " ".join(words).replace("<code>", "<num>").replace(":<port>", "")
    for pattern, hole in _JOINED:
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
_CODES = (
    r"\b[1-5]\d\d\b|(?-i:\bE[A-Z]{3,}\b)|\b(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Timeout|Failure|Refused)\b"
    r"|\b(?:exit|signal|errno|code)\D{0,9}-?\d+|\bSQLSTATE\W*\w{5}|(?-i:\bSIG[A-Z]{2,}\b)|\b\d+\b"
)
_CODE = re.compile(_CODES, re.IGNORECASE)
_HARD = re.compile(rf"{_CODES}|'[^'<>]{{1,80}}'|\"[^\"<>]{{1,80}}\"|{PLACE}.+$", re.IGNORECASE)


def codes_in(template: str) -> frozenset[str]:
    """Statuses, errnos, codes and exception types, whose difference means another cause."""
    return frozenset(code.lower() for code in _CODE.findall(template))


def hard_tokens(template: str) -> frozenset[str]:
    """What must be equal before two templates may be called alike: codes, quoted names, places."""
    return frozenset(token.lower() for token in _HARD.findall(template))
