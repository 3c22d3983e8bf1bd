"""What a rule is, and how a wrong one is reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from triage.model import Failure, TriageError

CATEGORIES = {
    "product_bug": "product bug",
    "test_bug": "test bug",
    "infra": "infrastructure",
    "config": "configuration",
    "expected_by_design": "expected by design",
    "flaky": "flaky",
}
"""Ids of the categories, and the words shown to people."""

DEFAULT_THRESHOLD = 90.0
HOLE = re.compile(r"(?<![%{])\{(\w+)\}(?!\})")
"""Where a capture stands in a title, check, cause or question: not ``%{url}``, which is curl's, nor ``{{host}}``."""
_GROUP = re.compile(r"\(\?P?<(\w+)>")
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)|\[?(?=[a-fA-F:]*\d)[0-9a-fA-F]*:[0-9a-fA-F:.]+\]?(?![\w:]))"
)


class RuleError(TriageError):
    """A rule file that is wrong: ``file:line:column: what, and what was expected``."""

    def __init__(self, file: str, line: int, column: int, text: str, shown: str = "") -> None:
        super().__init__(f"{file}:{line}:{column}: {text}")
        self.file, self.line, self.column, self.text = file, line, column, text
        self.shown = shown
        """The line itself with a mark below the column, or empty."""
        self.left_out = "rule"
        """What of it is not used: the ``rule``, or the whole ``file``."""

    @property
    def told(self) -> str:
        """The error, for those who asked for something else and go on without what was left out."""
        return f"{self} (the {self.left_out.replace('file', 'rule file')} was left out)"


def nearest(name: str, known: Iterable[str]) -> str:
    """What was meant by ``name``, in words; else all that there is."""
    import difflib

    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(names)}"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a failure happened, for the rules that ask for more than its words."""

    test: str = ""
    """Id of the case."""
    paths: tuple[str, ...] = ()
    """Files of the test and of the code that failed, with forward slashes."""
    runner: str = ""
    """The format of the source: ``junit-xml``, ``pytest-console`` ..."""
    source: str = ""
    trace: str = ""
    """With the frames in it."""
    tags: tuple[str, ...] = ()
    """What the runner attached: values, and ``name=value``."""

    @classmethod
    def of(
        cls,
        failure: Failure,
        test: str = "",
        file: str | None = None,
        runner: str = "",
        source: str = "",
        properties: tuple[tuple[str, str], ...] = (),
    ) -> Where:
        """Of ``failure`` in the case ``test``, which stands in ``file`` and has ``properties``."""
        paths = tuple(path.replace("\\", "/") for path in (file, failure.file) if path)
        tags = tuple(tag for name, value in properties for tag in (value, f"{name}={value}"))
        return cls(test, paths, runner, source, failure.trace, tags)


NOWHERE = Where()


def said(failure: Failure) -> str:
    """What a rule is asked about: the type and the message, each once."""
    message = failure.message
    return message if message.startswith(failure.type) else f"{failure.type}: {message}"


TEXT_KINDS = ("pattern", "phrase", "type", "status")
WHERE_KINDS = ("test", "path", "runner", "source", "frame", "tag")
KINDS = (*TEXT_KINDS, *WHERE_KINDS)


class Condition(NamedTuple):
    """One thing to look for in a failure."""

    kind: str
    """In its type and message: ``pattern`` (google-re2 syntax, searched), ``phrase`` (rapidfuzz partial ratio, case
    ignored), ``type`` (glob over the exception class), ``status`` (``403``, ``5xx``). In ``Where``: ``test``, ``path``,
    ``runner``, ``source``, ``frame`` (its function or file) and ``tag``, each a glob in which ``*`` spans slashes."""
    value: str
    threshold: float = DEFAULT_THRESHOLD
    """For a phrase: the score, 0 to 100, from which it counts."""


class Group(NamedTuple):
    """Conditions joined: each of ``all``, one of ``any`` where there are some, and not one of ``none``."""

    any: tuple[Term, ...] = ()
    all: tuple[Term, ...] = ()
    none: tuple[Term, ...] = ()


Term = Condition | Group


class Rule(NamedTuple):
    """A known kind of failure.

    A named tuple, as its parts are: hundreds are made before the first screen.
    """

    id: str
    title: str
    """May use the named groups of its patterns: ``HTTP {status}``."""
    category: str
    any: tuple[Term, ...] = ()
    all: tuple[Term, ...] = ()
    none: tuple[Term, ...] = ()
    capturing: tuple[str, ...] = ()
    """Patterns with named groups that have no say in the match."""
    priority: int = 50
    """The highest wins where several rules match; then the better score, then the more specific condition."""
    merge: bool = True
    """Whether all failures of this rule are one cluster. False only names and explains."""
    split_by: tuple[str, ...] = ()
    """Captures whose values keep clusters of one rule apart."""
    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    matching: tuple[str, ...] = ()
    """Examples that this rule must match, and win."""
    not_matching: tuple[str, ...] = ()
    """Near misses that this rule must not match."""
    file: str = ""
    line: int = 0

    @property
    def family(self) -> str:
        """The name of the file that holds it, without its suffix."""
        return self.file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All there are, however deep."""
        return tuple(condition for condition, _ in leaves(self))

    @property
    def capturing_patterns(self) -> tuple[str, ...]:
        """The patterns that have named groups; of two with the same group the first one counts."""
        patterns = (c.value for c, excludes in leaves(self) if c.kind == "pattern" and not excludes)
        return (*filter(named_groups, patterns), *self.capturing)

    @property
    def groups(self) -> frozenset[str]:
        """The names of what its patterns can capture."""
        return frozenset(name for pattern in self.capturing_patterns for name in named_groups(pattern))

    @property
    def general_title(self) -> str:
        """The title as no failure fills it in: ``KeyError: …``."""
        return RuleMatch(self, 100).title


@lru_cache(4_096)
def named_groups(pattern: str) -> list[str]:
    """The names of the groups of a pattern, as ``(?P<name>...)`` or ``(?<name>...)``."""
    return _GROUP.findall(pattern)


def leaves(group: Group | Rule, excludes: bool = False) -> Iterator[tuple[Condition, bool]]:
    """Every condition of ``group``, and whether it speaks against a match."""
    for terms, turned in ((group.any, excludes), (group.all, excludes), (group.none, not excludes)):
        for term in terms:
            if isinstance(term, Group):
                yield from leaves(term, turned)
            else:
                yield term, turned


@dataclass(frozen=True, slots=True)
class Near:
    """A condition that was tried on a text."""

    condition: Condition
    hit: bool
    score: float
    """100 or 0; for a phrase the similarity, 0 to 100."""
    excludes: bool
    """Whether the rule does not match where this holds."""


@dataclass(frozen=True)
class RuleMatch:
    """A rule that matches a text."""

    rule: Rule
    score: float
    find: Callable[[], dict[str, str]] = field(default=dict, repr=False, compare=False)
    """Looks for the captures: most matches are never asked for them."""

    @cached_property
    def captures(self) -> dict[str, str]:
        """The named groups of the patterns that matched, with what they took."""
        return self.find()

    @property
    def title(self) -> str:
        """The rule's title with its captures filled in."""
        title = self.rule.title
        return fill(title, dict.fromkeys(self.rule.groups, "…") | self.captures) if "{" in title else title

    @property
    def key(self) -> str:
        """What names the cluster: the rule, and the captures that keep its clusters apart."""
        parts = [f"{name}={_kept(self.captures.get(name, ''))}" for name in self.rule.split_by]
        return ":".join(("rule", self.rule.id, *parts))


def _kept(capture: str) -> str:
    """What a capture keeps apart: not an IP address, which another run gives to another machine; this one has a name."""

    def name(found: re.Match[str]) -> str:
        try:
            address = ip_address(found[0].strip("[]"))
        except ValueError:
            return found[0]
        return "localhost" if address.is_loopback else "<ip>"

    return _ADDRESS.sub(name, capture)


def fill(text: str, captures: dict[str, str]) -> str:
    """``text`` with ``{name}`` replaced by the captures; unknown names stay as they are."""
    return HOLE.sub(lambda hole: captures.get(hole[1], hole[0]), text)
