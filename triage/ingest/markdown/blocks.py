"""Lines to blocks, tolerant of what copying does to Markdown: lost line breaks, lost heading marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# A bold key, a numbered heading or a rule that was glued to the line before it.
_GLUED = re.compile(
    r"(?<=[^\s*>|(\[`-])(?=\*\*[A-Z][\w /&-]{1,40}:\*\*)|(?<=[a-z)}\]])(?=\d{1,2}\. [A-Z])|(?<=[\w.)}\]])(?=---$)"
)
_HEADING = re.compile(r"^(#{1,6})\s+(?P<text>.+?)\s*#*$")
_BULLET = re.compile(r"^(?P<indent>\s*)(?:[-*+•]|(?P<number>\d{1,3})[.)])\s+(?P<text>\S.*)$")
_BOX = re.compile(r"^\[(?P<box>[ xX])\]\s+")
_KEY = re.compile(
    r"^(?:\*\*(?P<bold>[^*]{1,60}?)(?::\*\*|\*\*\s*:)|(?P<plain>[A-Z][\w /-]{1,30}):(?=\s))\s*(?P<value>.*)$"
)
_BOLD_LINE = re.compile(r"^\*\*(?P<text>[^*]{2,80}?):?\*\*:?$")
_RULE = re.compile(r"^\s*(?:-{3,}|={3,}|\*{3,}|_{3,})\s*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_OUTCOME_WORDS = re.compile(
    r"(?i)(?:pass\w*|fail\w*|skipped|known|major|detailed|overall|tests?|results?|that|the|all|by|issues?|statistics"
    r"|achievements?|execution|breakdown|analysis|summary|module|priority|\d| )+"
)
_COMMAND = re.compile(r"^(?:\$ |# |curl |for |npx |pytest |python |-{1,2}\w+ |https?://|[{\[<\\])|\\$")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a report."""

    kind: str
    """``heading``, ``item`` (bullet or number), ``key`` (``**Key:** value``), ``table``, ``code`` or ``text``."""
    text: str
    line: int
    """1-based line where it begins."""
    level: int = 0
    """Of a heading: 1 to 6; a bold line on its own is 7. Of anything else: its indentation in spaces."""
    key: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    """Of a table: the header, then the rows."""
    row_lines: tuple[int, ...] = ()
    checked: bool | None = None
    """Of a task-list item."""


@dataclass
class Section:
    """A heading with the blocks below it, up to the next heading of any level."""

    heading: str
    level: int
    line: int
    parent: Section | None = None
    blocks: list[Block] = field(default_factory=list)

    @property
    def ancestors(self) -> tuple[Section, ...]:
        """The sections that hold it, outermost first."""
        return (*self.parent.ancestors, self.parent) if self.parent else ()

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above it and its own, outermost first."""
        return (*(section.heading for section in self.ancestors), self.heading)

    def key_values(self) -> Iterator[Block]:
        """Its key/value lines, those in list items too."""
        return (block for block in self.blocks if block.key)


def blocks(lines: Iterable[str]) -> list[Block]:
    """The blocks of a report, in order."""
    raw = [(number, piece) for number, line in enumerate(lines, 1) for piece in _unglued(line.rstrip())]
    has_headings = any(_is_heading(raw, index) for index in range(len(raw)))
    found: list[Block] = []
    index = 0
    while index < len(raw):
        number, text = raw[index]
        index += 1
        stripped = text.strip()
        if stripped.startswith(("```", "~~~")):
            fence = stripped[:3]
            code = []
            while index < len(raw) and not raw[index][1].strip().startswith(fence):
                code.append(raw[index][1])
                index += 1
            index += 1
            found.append(Block("code", "\n".join(code), number + 1, _indent(text)))
        elif stripped.startswith("|") and index < len(raw) and _TABLE_RULE.match(raw[index][1]):
            rows, row_lines = [_cells(stripped)], [number]
            index += 1
            while index < len(raw) and raw[index][1].strip().startswith("|"):
                rows.append(_cells(raw[index][1]))
                row_lines.append(raw[index][0])
                index += 1
            found.append(Block("table", "", number, rows=tuple(rows), row_lines=tuple(row_lines)))
        elif not stripped or _RULE.match(text):
            continue
        elif (
            index < len(raw)
            and re.fullmatch(r"(?:=|-){3,}", raw[index][1].strip())
            and has_headings is False
            and raw[index][1].strip()[0] == "="
        ):
            found.append(Block("heading", plain(stripped), number, 1))
        else:
            following = raw[index][1] if index < len(raw) else ""
            found.append(
                _block(text, number, has_headings, following, comment=not _is_heading(raw, index - 1))
            )
    return found


def _is_heading(raw: list[tuple[int, str]], index: int) -> bool:
    """Whether a ``#`` line is a heading; beside a command it is that command's comment."""
    if not _HEADING.match(raw[index][1]):
        return False
    beside = [raw[i][1].strip() for i in (index - 1, index + 1) if 0 <= i < len(raw)]
    return not any(_COMMAND.search(line) for line in beside if not line.startswith("#"))


def _unglued(line: str) -> list[str]:
    return [piece for piece in _GLUED.split(line) if piece] or [""]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))


def _block(text: str, number: int, has_headings: bool, following: str, *, comment: bool) -> Block:
    stripped = text.strip()
    if (match := _HEADING.match(stripped)) and not comment:
        return Block("heading", plain(match["text"]), number, len(match[1]))
    if match := _BOLD_LINE.match(stripped):
        return Block("heading", plain(match["text"]), number, 7)
    item = _BULLET.match(text)
    if not has_headings and _looks_like_heading(stripped, item, following):
        return Block("heading", plain(item["text"] if item else stripped), number, 4 if item else 3)
    if item:
        content, checked = item["text"], None
        if box := _BOX.match(content):
            content, checked = content[box.end() :], box["box"] != " "
        key = _KEY.match(content)
        if key and key["bold"]:
            return Block(
                "item", key["value"].strip(), number, len(item["indent"]), plain(key["bold"]), checked=checked
            )
        return Block("item", content, number, len(item["indent"]), checked=checked)
    if key := _KEY.match(stripped):
        return Block("key", key["value"].strip(), number, _indent(text), plain(key["bold"] or key["plain"]))
    return Block("text", stripped, number, _indent(text))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _looks_like_heading(text: str, item: re.Match[str] | None, following: str) -> bool:
    """In a report that lost its ``#`` marks: a short line that is no sentence, command or list."""
    words = item["text"] if item else text
    if item and (item["number"] is None or not following.lstrip().startswith("**")):
        return False
    if len(words) > 70 or words.endswith((".", ",", ";", ":")) or _KEY.match(words) or _COMMAND.search(words):
        return False
    return words[:1].isupper() or not words[:1].isascii()


def sections(found: Iterable[Block]) -> list[Section]:
    """The blocks under their headings; what stands before the first heading is under an empty one."""
    result = [Section("", 0, 1)]
    for block in found:
        if block.kind != "heading":
            result[-1].blocks.append(block)
            continue
        parent: Section | None = result[-1]
        while parent is not None and parent.level >= block.level:
            parent = parent.parent
        result.append(Section(block.text, block.level, block.line, parent))
    return result


def title(heading: str) -> str:
    """What ``heading`` names, without number, marks, and what follows a colon or stands in brackets.

    >>> title("#### 1. \U0001f3af Agent Tests: PERFECT (6/6 PASSED)".lstrip("# "))
    'Agent Tests'
    """
    bare = re.sub(r"^\W*\d{1,3}[.)]\s*", "", heading)
    return re.sub(r"^\W+|\s*[:(].*$|[^\w)\]%]+$", "", bare).strip()


def names_something(heading: str) -> bool:
    """Whether ``heading`` names a thing rather than an outcome or a part of a report.

    >>> names_something("Auth Agent Flow Tests"), names_something("FAILING TESTS (3/25)")
    (True, False)
    """
    bare = title(heading)
    return bool(bare) and not _OUTCOME_WORDS.fullmatch(bare)


def plain(text: str) -> str:
    """``text`` without emphasis and code marks.

    >>> plain("**`test_login`** - *slow*")
    'test_login - slow'
    """
    text = re.sub(r"\*\*|__(?=\S)|(?<=\S)__|`", "", text)
    return re.sub(r"(?<![\w*])\*(?=\S)([^*]*)(?<=\S)\*(?![\w*])", r"\1", text).strip()
