"""What sbt and the test frameworks below it say of a failure: the names of tests, stacks, errors of the compiler."""

from __future__ import annotations

import re

from triage.ingest.console import Line
from triage.model import Failure

LEVEL = re.compile(r"^(?:\[(?P<level>info|error|warn|success|debug|E|W)\] ?)")
COMPILER = re.compile(
    r"^(?:-- (?:\[E\d+\] )?.*Error: )?(?P<file>(?:[A-Za-z]:)?/?\S[^:]*\.(?:scala|java|sc)):(?P<line>\d{1,9})(?::\d+)?:?\s*(?P<text>.*)$"
)
SCALA3 = re.compile(r"^-- (?:\[E\d+\] )?(?P<what>[\w ]*Error): (?P<file>\S+?):(?P<line>\d{1,9})(?::\d+)? -*$")
_PLACE = re.compile(
    r"\((?P<file>[\w$./-]+\.(?:scala|java)):(?P<line>\d{1,9})\)|(?P<path>[\w$./-]+\.(?:scala|java)):(?P<at>\d{1,9})"
)


def class_and_name(path: str) -> tuple[str, str]:
    """Class and name of ``a.b.HelloTests.outer.inner``."""
    parts = path.split(".")
    end = next((i for i, part in enumerate(parts) if part[:1].isupper()), -1) + 1
    return ".".join(parts[:end]), ".".join(parts[end:]) or path


def failure_of(lines: list[Line], kind: str) -> Failure:
    """What the lines below a red test say: its message, its type, the first place in Scala or Java."""
    said = [line.text.strip() for line in lines]
    end = next(
        (i for i, text in enumerate(said) if i and re.match(r"^(?:at [\w.$]|\.\.\.$)", text)), len(said)
    )
    place = next((match for text in said if (match := _PLACE.search(text[:1000]))), None)
    type_match = re.match(r"^(?P<type>(?:[a-z_]\w*\.)+[A-Z]\w*)(?::|$)", said[0])
    number = (place["line"] or place["at"]) if place else None
    return Failure(
        "\n".join(said[:end]),
        type_match["type"] if type_match else "",
        kind,
        "\n".join(line.text for line in lines).strip(),
        (place["file"] or place["path"]) if place else None,
        int(number) if number else None,
        lines[0].number,
    )


def compiler_failure(block: list[Line]) -> Failure:
    """One error of the compiler, Scala 2's or Scala 3's, with the lines that it quotes."""
    texts = [LEVEL.sub("", line.text) for line in block]
    head = SCALA3.match(texts[0][:1000])
    match = head or COMPILER.match(texts[0][:1000])
    told = [text.strip(" |") for text in texts[1:] if text.strip(" |^")]
    message = "\n".join([head["what"], *told]) if head else match["text"] if match else texts[0]
    return Failure(
        message,
        kind="error",
        trace="\n".join(line.text for line in block),
        file=match["file"] if match else None,
        line=int(match["line"]) if match else None,
        source_line=block[0].number,
    )
