"""A failure to its signature: which text stands for it, and the id that follows from that text alone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from triage.model import Failure
from triage.signature.headline import headline_of
from triage.signature.normalize import PLACE, normalize
from triage.signature.raised import raised_in

_WORD = re.compile(r"[A-Za-z]{3,}")
_SAYS_NOTHING = frozenset(
    [
        "assert",
        "assertionerror",
        "assertion",
        "failed",
        "err",
        "error",
        "true",
        "false",
        "none",
        "null",
        "undefined",
        "expect",
        "expected",
        "received",
        "actual",
        "tobe",
        "toequal",
        "tobeok",
        "tobegreaterthan",
        "tomatchsnapshot",
        "tomatchinlinesnapshot",
        "snapshot",
        "object",
        "equality",
        "deep",
        "failure",
        "with",
        "message",
        "not",
        "in",
        "is",
        "got",
        "want",
        "but",
        "was",
        "num",
        "str",
        "dur",
        "path",
        "url",
        "time",
        "hex",
        "uuid",
        "size",
        "version",
        "email",
        "user",
        "host",
        "port",
        "name",
        "jwt",
        # JUnit, AssertJ, NUnit, xUnit.net, MSTest, PHPUnit, RSpec, Chai, Node, Rust
        "expecting",
        "asserting",
        "assertequal",
        "areequal",
        "that",
        "values",
        "value",
        "two",
        "strings",
        "arrays",
        "objects",
        "are",
        "same",
        "identical",
        "equal",
        "equals",
        "strictly",
        "matches",
        "differ",
        "left",
        "right",
        "panicked",
    ]
)
_NAME = re.compile(r"[\w$.:\\]+")
_THROWN = ("Error", "Exception", "Failure")
_TYPE_ALONE = re.compile(r"(?:[\w$]+[.:]+)+[\w$]+(?:Error|Exception)")
_PREFIX = re.compile(r"^#+\s+|^AssertionError: (?=assert )")
_STATUS_EXPECTED = re.compile(r"expected:? ?<?[123]\d\d>?,? but (?:was|got):? ?<?([45]\d\d)\b")
_STATUS_COMPARED = re.compile(r"^\s*(?:Received|Actual|Got)[^\n:]*:\s*([1-5]\d\d)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Signature:
    """What failures of one kind share."""

    id: str
    """12 hexadecimal digits, from the template alone: the same on every machine and in every order."""
    template: str
    headline: str
    """The text of this failure that was masked into the template."""
    place: str = ""
    """The test, where the headline alone says too little and the template names the place as well."""

    @property
    def title(self) -> str:
        """What a cluster made from it is called: the headline, with the place where that counts."""
        return f"{self.headline} in {self.place.rpartition('::')[2]}" if self.place else self.headline


def signature_of(failure: Failure, test: str = "") -> Signature:
    """The signature of ``failure``.

    The headline (type and first line) is masked. A bare comparison (``assert <num> == <num>``) says nothing about
    its cause, so there the place counts too: ``test`` is the id of the case; its parameters are left out.
    """
    headline = telling_text(failure)
    template = normalize(headline)
    if says_something(template):
        place = raised_in(headline, failure.trace)
        template = f"{template}{PLACE}{place}" if place else template
        return Signature(digest(template), template, headline, place)
    template = template or "failed without a message"
    if place := test.split("[", 1)[0] or failure.file or "":
        template = f"{template}{PLACE}{place}"
    return Signature(digest(template), template, headline or "failed without a message", place)


def digest(text: str) -> str:
    """12 hexadecimal digits of SHA-256: the form of every cluster and signature id."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def telling_text(failure: Failure) -> str:
    """The one line that tells most: the headline (where that is only the type of an exception with a cause, the innermost
    cause), and the status that a comparison received.

    pytest writes a rewritten assertion with its class in one place and without it in another, and the lines of
    Test::More are comments where nothing reads them.
    """
    headline = _PREFIX.sub("", failure.headline)
    if _TYPE_ALONE.fullmatch(headline) and "aused" in failure.trace:
        # An exception that only wraps another one.
        headline = headline_of(failure.trace)
    if received := _STATUS_COMPARED.search(failure.message):
        headline = f"{headline} (status {received[1]})" if received[1] not in headline else headline
    elif received := _STATUS_EXPECTED.search(headline):
        headline = f"{headline} (status {received[1]})"
    return headline


def says_something(template: str) -> bool:
    """Whether a template has words of its own: a bare comparison has none (in another place than TestNG's ``found`` is one)."""
    return any(
        word.lower() not in _SAYS_NOTHING
        for name in _NAME.findall(template.replace(" but found ", " but "))
        if not _only_compares(name)
        for word in _WORD.findall(name)
    )


def _only_compares(name: str) -> bool:
    """Whether this is thrown where a comparison does not hold: its name says no more than that."""
    own = re.split(r"[.:\\]+", name.rstrip(".:\\"))[-1]
    stem = next((own.removesuffix(end) for end in _THROWN if own.endswith(end)), "")
    return (
        "Assert" in stem or "Expectation" in stem or stem.endswith(("Comparison", "Equal", "True", "False"))
    )
