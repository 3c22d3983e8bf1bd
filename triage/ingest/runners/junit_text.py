"""What the texts of JUnit XML mean: why something failed or was skipped, in the words of its many writers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from html import unescape
from itertools import takewhile

from triage.escapes import strip_ansi
from triage.ingest.console import MAX_MARK, Line
from triage.ingest.parts import exception_type, failure_from, split_message
from triage.ingest.runners import erlang_text, lit_text
from triage.ingest.runners.bats_text import bats_failure
from triage.ingest.runners.go_text import CRASH, crash_failure, log_failure
from triage.ingest.runners.junit_values import Attributes, integer
from triage.ingest.runners.playwright_text import error_blocks
from triage.ingest.runners.pytest_text import native_message
from triage.ingest.runners.ruby_text import FRAME
from triage.ingest.runners.rust_text import begins_failure, panic_failure
from triage.ingest.runners.tap_yaml import block_message
from triage.ingest.text import mend
from triage.model import Failure

_NO_TYPE = {"failure", "error", "failed", "fail", "exception", "assertion", "unknown", "nonetype"}
"""Values of ``type`` that name no class."""
_NO_MESSAGE = {
    *_NO_TYPE,
    "none",
    "test failed",
    "test failure",
    "failed.",
    "test error",
    "unexpected exception",
    "(unknown)",
    "build error",
    "runtime error",
}
"""Messages that only repeat that it failed, as those of go-junit-report; the text says why."""
_COUNTED = re.compile(r"\d{1,9} (?:assertion|check|expectation)(?:s|\(s\))? failed\.?", re.IGNORECASE)
"""Messages that only count (Criterion)."""
_NO_WORDS = frozenset(
    ["test", "case", "testcase", "in", "of", "the", "has", "was", "is", "failed", "failure", "skipped"]
)
"""Words of messages that only repeat that this test did."""
_WORD = re.compile(r"\w+")
_GO = re.compile(r"^(?:=== RUN |--- FAIL|panic: |fatal error: |\s*[\w.-]+\.go:\d{1,9}: )", re.MULTILINE)
_GO_FRAME = re.compile(r"^\s*(?:=== |--- (?:FAIL|PASS|SKIP))")
_MINITEST = re.compile(r"(?:Failure|Error):\s+\S{1,300}(?: \[[^\]\n]{1,500}\])?:\s+(?=\S)")
"""What minitest says before its message: the kind and the name, in an attribute in one line."""
_MINITEST_FRAME = re.compile(r"\s{4}\S{1,500}:\d{1,9}:in ")
_PHP_TRACE = re.compile(r"\n\n(?=(?:[A-Z]:)?[^\s:]+:\d{1,9}(?:\n|\Z))")
_SOURCE = (
    "py|pyx|[cm]?[jt]sx?|vue|svelte|java|kts?|scala|groovy|clj|go|rs|cc?|cpp|cxx|hh?|hpp|mm?|swift|cs|fs|vb|phpt?|rb"
    "|feature|robot|exs?|erl|hrl|dart|lua|p[lm]|t|r|R|jl|hs|ml|sh|bats|sql|tf|ya?ml|json|toml|xml|html|md|qml|f90|ps1|gd"
)
_PLACE = re.compile(
    rf"(?:^|(?<=[\s(\[\"'=]))(?P<file>(?:[A-Za-z]:)?[^\s:()\[\]\"'=]+\.(?:{_SOURCE}))[:(](?P<line>\d{{1,9}})\b"
)
_ONLY_PLACE = re.compile(
    rf"(?:[A-Za-z]+: )?(?:res://)?(?P<file>(?:[A-Za-z]:)?[^\s:]+\.(?:{_SOURCE})):(?P<line>\d{{1,9}})(?::\d{{1,9}})?"
)
"""GdUnit's messages only say where; the text says what."""
_COMPILED = re.compile(
    rf"(?P<file>(?:[A-Za-z]:)?[^\s:]+\.(?:{_SOURCE})):(?P<line>\d{{1,9}})(?::\d{{1,9}})?: (?:fatal )?(?:error|warning|note): "
)
"""What a compiler says begins with its place, whatever else its text names."""
_RULE = re.compile(r"\s*(?P<said>[A-Z]\d{4}:\S.*)")
"""Pylint's number of a rule, and what is wrong; the message is the name of the rule."""
_LUA_STACK = re.compile(r"\s*stack traceback:\n")
_LEADING_PLACE = re.compile(
    r"(?:unknown file|(?P<file>[^\s:()]+\.\w{1,4})[:(](?P<line>\d{1,9})\)?)(?:: (?:Failure|error))?:?\s*\n"
)
"""GoogleTest's messages begin with a line for the place."""
_BOOST = re.compile(
    r"^- message: (?!\"\")(?P<said>.+)$|^EXCEPTION STACK TRACE: -+\n(?P<thrown>.+)$", re.MULTILINE
)
_CATCH2 = re.compile(r"FAILED:\n(?P<said>.+?)(?:\nat \S+:\d{1,9})?", re.DOTALL)
_CUCUMBER = re.compile(r"\((?P<type>[A-Z][\w:]{1,200})\)$", re.MULTILINE)
"""The class behind the words, which Cucumber of Ruby puts below the steps of the scenario."""
_NOSE = re.compile(r":?\s{0,9}-{20} >> begin captured \w+ << -{20}.*", re.DOTALL)
"""What nose appends to the words of an exception."""
_JEST_TITLE = re.compile(r"● [^\n]*\n\s*(?P<said>\S.*?)(?:\n\s*\n|\Z)", re.DOTALL)
_NODE_CAUSE = re.compile(r"\n *cause: (?P<type>[A-Z]\w*)\b")
_BOOST_FILE = re.compile(
    r"^-? ?[Ff]ile *: *(?P<file>\S+)\s*\n-? ?[Ll]ine *: *(?P<line>\d{1,9})", re.MULTILINE
)
_TRACE = re.compile(r"^Traceback \(most recent call last\):\n|\n[ \t]+at \S")
_PYTHON_TRACE = re.compile(
    r"(?P<head>[^\n]+)\n+(?P<trace>Traceback \(most recent call last\):\n.*)", re.DOTALL
)
"""A line, and what was raised below it."""
_NODE_HOOK = re.compile(r"\n *cause: [A-Z]\w*(?: \[\w+\])?: (?P<said>\S.*)")
"""Why a hook of Node's broke, of which the message only says that it did."""
_FOREIGN = re.compile(r"/vendor/|node_modules|site-packages|/gems/|/usr/lib/|/lib/python")


def says_nothing(message: str) -> bool:
    """Whether a message only repeats that something failed."""
    return (
        message.lower() in _NO_MESSAGE
        or message.startswith("exited with error code")
        or _COUNTED.fullmatch(message) is not None
    )


def reason(message: str, text: str, test: Attributes) -> str:
    """Why a test was skipped."""
    said_elsewhere = text and (_ONLY_PLACE.fullmatch(message) or _repeats(message, test))
    return message if message and not said_elsewhere else text


def _repeats(message: str, test: Attributes) -> bool:
    """Whether a message only says of the test by its name that it failed or was skipped."""
    # Few messages do: most are known by their first word, or by signs.
    if len(message) > MAX_MARK or "': " in message or "Error: " in message:
        return False
    for name in (test.get("name"), test.get("classname")):
        if name and name in message:
            message = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", message)
    message = message.lower()
    first = _WORD.search(message)
    return not first or (
        first[0] in _NO_WORDS and all(word[0] in _NO_WORDS for word in _WORD.finditer(message))
    )


_NO_CHARACTER = re.compile(r"&(?:amp)?#(?:[0-8]|1[124-9]|2\d|3[01]);")
"""What Surefire writes for a character that XML forbids, escaped once more."""


def clean(text: str) -> str:
    """``text`` without colours and with its encoding repaired."""
    if "#" in text and "&" in text:
        text = _NO_CHARACTER.sub("?", text)
    return text if text.isascii() and "\x1b" not in text else mend(strip_ansi(text))


_ALWAYS_SAID = {"collection failure", "test setup failure", "test teardown failure", "mypy produced messages"}
"""Messages that say what every one of their kind says; what it was stands in the text."""


def failures(kind: str, attributes: Attributes, text: str, line: int, test: Attributes) -> list[Failure]:
    """What an element that tells a failure says: one, or one for each try where a text tells several.

    ``line`` is where the text begins, or the element if it has none; ``test`` are the attributes of its case.
    """
    if text.lstrip().startswith(("{}", '{"')):
        text = _thrown(text)
    if " › " in text[:2000] and (blocks := error_blocks(text, line)):
        return [replace(block, kind=kind) for block in blocks]
    message = clean(attributes.get("message") or attributes.get("error_msg", "")).strip()  # cocotb
    if " >> begin captured " in message:
        message = _NOSE.sub("", message)
    if "&quot;" in message and _ONLY_PLACE.fullmatch(text.strip()):  # xcpretty escapes twice
        message = unescape(message)
    type_ = _class(attributes.get("type") or attributes.get("error_type", ""))
    if type_ == test.get("name"):  # minitest-reporters 1.1
        type_ = ""
    is_empty = not text or text.isspace()
    lead = 0 if is_empty else len(text) - len(text.lstrip("\n"))
    if not message and text.startswith("(", lead):
        lines = clean(text).strip("\n").split("\n")
        if bats := bats_failure(lines, line + lead):
            return [replace(bats, kind=kind)]
    if not is_empty and (says_nothing(message) or _repeats(message, test)):
        message = ""
    elif is_empty and _TRACE.search(message):  # some put all of it into the attribute
        text, message = message, ""
    if (
        not message
        and " " in (said := attributes.get("type", "").strip())
        and (is_empty or _LUA_STACK.match(text))
    ):
        message = said  # no class, but words
    if message.startswith(("thread '", "note: ")) and not is_empty and begins_failure(message):
        return [
            replace(panic_failure(clean(text[lead:]), line + lead), kind=kind)
        ]  # nextest: it says where, the text what
    if not message and _GO.search(text):
        return [replace(_go(text[lead:], line + lead), kind=kind)]
    if not message:
        message = _message(text, test)
    elif message.startswith("failed running ") and (cause := _NODE_HOOK.search(text[: 10 * MAX_MARK])):
        message = clean(cause["said"])
    elif (
        type_
        and ": " not in message
        and (raised := _PYTHON_TRACE.match(text.strip()))
        and raised["head"] == message
    ):
        # radish names the step.
        reason = failure_from(raised["trace"], kind=kind).message
        message = reason if reason.startswith(type_.rpartition(".")[2]) else message
    elif message in _ALWAYS_SAID:
        message = failure_from(text, kind=kind).message or message
    elif message.startswith("failed on "):
        # pytest's "failed on setup with ...", of which the rest is cut after some lines.
        reason = failure_from(text, kind=kind).message
        if reason:
            message = reason if reason.split("\n", 1)[0] in message else f"{message}: {reason}"
    if message.startswith(("Failure", "Error")) and (minitest := _MINITEST.match(message)):
        message = _MINITEST_FRAME.split(message[minitest.end() :], maxsplit=1)[0].strip()
    elif " " not in message and (rule := _RULE.match(text[:MAX_MARK])):
        message = rule["said"]
    if message.endswith("..."):
        message = _in_full(message, text)
    file, number = attributes.get("file"), integer(attributes.get("line"))
    if erlang := erlang_text.reason(text):
        message = erlang.message if message in ("", text.strip()) else message
        file, number = file or erlang.file, number or erlang.line
    elif ":" in message and text.strip() and (place := _ONLY_PLACE.fullmatch(message)):
        file, number = file or place["file"], number or integer(place["line"])
        message = _message(text, test)
    if "\n" in message and (place := _LEADING_PLACE.match(message)) and place.end() < len(message):
        file, number = file or place["file"], number or integer(place["line"])
        message = message[place.end() :].removeprefix("Failed\n") or message
    elif place := _COMPILED.match(message[:MAX_MARK]):
        file, number = file or place["file"], number or integer(place["line"])
    found = failure_from(text, message=message, type=type_, kind=kind, source_line=line + lead)
    return [_placed(found, file, number)]


def _thrown(text: str) -> str:
    """An error that its writer turned into JSON (jest-junit, of hooks behind the tests) as the text that it was."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return text
    stack = told.get("stack") if isinstance(told, dict) else None
    return stack if isinstance(stack, str) and stack else "" if told == {} else text


def _message(text: str, test: Attributes) -> str:
    """The message in a text, where the element has none of its own; empty for texts that ``parts`` can read."""
    if '\n  File "' in text and (said := native_message(text)):
        return _NOSE.sub("", said)
    body = text.strip()
    if body.startswith("Scenario") and "\nMessage:\n" in body:
        told = body.partition("\nMessage:\n")[2]
        if match := _CUCUMBER.search(told):
            return f"{match['type']}: {told[: match.start()].strip()}"
    if body.startswith(("Exit Code: ", "Script")) and (said := lit_text.reason(text)):
        return said
    if body.startswith("---\n") and (said := block_message(body)):
        return said
    if match := _CATCH2.fullmatch(body) or (_JEST_TITLE.match(body) if body.startswith("● ") else None):
        return "\n".join(line.strip() for line in match["said"].split("\n"))
    if "\n- " in text and (boost := _BOOST.search(text)):
        return (boost["said"] or boost["thrown"]).strip()
    # Where a provider of data broke there is no class, and the name is "Error" or "Warning".
    return _phpunit(text, test) if "class" in test or body.startswith(f"{test.get('name')}\n") else ""


def _in_full(message: str, text: str) -> str:
    """A message that was cut behind its first line and ends in dots, as it stands in the text."""
    begin = message.removesuffix("...")
    at = text.find(f"\n{begin}\n") if begin and "\n" not in message else -1
    if at < 0:
        return message
    told = takewhile(lambda line: not FRAME.match(line[:MAX_MARK]), text[at + 1 :].split("\n"))
    return split_message("\n".join(told))[0]


@lru_cache(maxsize=256)
def _class(type_: str) -> str:
    type_ = type_.strip()
    spoken = type_.lower() in _NO_TYPE or type_.startswith("pytest") or " " in type_ or "<" in type_
    spoken = spoken or type_ == "TEST_CASE"
    # Node tells how it failed, testtools wraps what it only knows as text.
    wrapped = (type_[:1].islower() and "." not in type_ and "_" not in type_) or type_.endswith(
        "._StringException"
    )
    return "" if spoken or wrapped else type_


def _go(text: str, line: int) -> Failure:
    lines = [Line(line + at, said) for at, said in enumerate(text.split("\n"))]
    crash = next((at for at, one in enumerate(lines) if CRASH.match(one.mark)), None)
    if crash is not None:
        return replace(crash_failure(lines[crash:]), trace=text.strip("\n"), source_line=line)
    told = [one for one in lines if one.text.strip() and not _GO_FRAME.match(one.mark)]
    told = told or [one for one in lines if "--- FAIL" in one.mark] or lines  # a subtest says why
    return replace(log_failure(told), trace=text.strip("\n"), source_line=line)


def _phpunit(text: str, test: Attributes) -> str:
    """PHPUnit's message: between the name of the test, which it repeats, and the places below a blank line."""
    text = text.strip()
    first, _, rest = text.partition("\n")
    name = test.get("name", "")
    if first.startswith(f"{test.get('class', '')}::"):
        text = rest
    elif name and text.startswith(name):
        text = text.removeprefix(name)
    return _PHP_TRACE.split(text, maxsplit=1)[0].strip()


def _placed(failure: Failure, file: str | None, line: int | None) -> Failure:
    """The failure with the type and the place that only its attributes or the rest of its text tell."""
    type_ = failure.type
    if type_ and file is None is not failure.file:
        return failure
    if not type_ and "cause: " in failure.trace and (cause := _NODE_CAUSE.search(f"\n{failure.trace}")):
        type_ = cause["type"]
    if not type_:
        told = (
            exception_type(line)
            for line in f"{failure.message}\n{failure.trace[:MAX_MARK]}".split("\n")[:12]
            if line != "Failed"  # GoogleTest's word for what has no expression
        )
        type_ = next(filter(None, told), "")
    if file is None:
        file, line = failure.file, failure.line
    if file is None:
        file, line = _place(failure.trace) or _place(failure.message) or (None, None)
    if (type_, file, line) == (failure.type, failure.file, failure.line):
        return failure
    return replace(failure, type=type_, file=file, line=line)


def _place(text: str) -> tuple[str, int] | None:
    """The first place of the project's own code in the text of any compiler or runner."""
    lines = [line for line in text.split("\n")[:200] if len(line) <= MAX_MARK]
    found = [match for line in lines for match in _PLACE.finditer(line)]
    found += list(_BOOST_FILE.finditer("\n".join(lines)))
    own = next((match for match in found if not _FOREIGN.search(match["file"])), None)
    best = own or next(iter(found), None)
    return (best["file"], int(best["line"])) if best else None
