"""YAML to nodes with their places, safe for any text: no recursion, no aliases, no tags, one document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from triage.rules.model import RuleError

MAX_DEPTH = 40
"""Lists and mappings in each other; a rule needs five, and one for each group of conditions."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# What plain words are, by the core schema of YAML 1.2, which editors go by.
_WORDS = re.compile(
    r"(?P<null>|~|null|Null|NULL)|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<number>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


@dataclass(slots=True)
class Node:
    """A scalar, a list or a mapping, with its place."""

    kind: str
    """``text``, ``number``, ``bool``, ``null``, ``list``, ``mapping``; ``refused`` for an alias or a tag."""
    line: int
    """1-based, as is the column."""
    column: int
    text: str = ""
    """Of a scalar, as it is written; of what is refused, why."""
    items: list[Node] = field(default_factory=list)
    """Of a list; of a mapping its keys and values in turn."""


class Document:
    """One text of YAML: its root, and errors that show their line."""

    def __init__(self, text: str, name: str) -> None:
        """Read ``text``; errors call it ``name``.

        Raises:
            RuleError: it is no YAML, or more of it than rules need.
        """
        self._name, self._lines = name, _BREAK.split(text)
        try:
            self.root = self._compose(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise self.error(*place, f"not YAML: {error.problem or error.context}") from None
        except UnicodeEncodeError:
            raise self.error(1, 1, "half of a surrogate pair is no character; save it as UTF-8") from None
        except yaml.YAMLError as error:
            raise self.error(1, 1, f"not YAML: {error}".split("\n", 1)[0]) from None

    def fail(self, node: Node, text: str) -> NoReturn:
        """Complain of ``node``."""
        raise self.error(node.line, node.column, node.text if node.kind == "refused" else text)

    def error(self, line: int, column: int, text: str) -> RuleError:
        """A complaint of a place, with the line that stands there."""
        shown = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        marked = ""
        if shown.strip():
            start = max(0, column - 100)
            lead = re.sub(r"[^\t]", " ", shown[start : column - 1])
            marked = f"{line:>5} | {shown[start : start + 160]}\n      | {lead}^"
        return RuleError(self._name, line, column, text, marked)

    def _compose(self, text: str) -> Node:
        open_: list[Node] = []
        root: Node | None = None
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionEndEvent):
                open_.pop()
                continue
            if not isinstance(event, yaml.NodeEvent):
                continue
            line, column = (mark.line + 1, mark.column + 1) if (mark := event.start_mark) else (1, 1)
            node = Node("list", line, column)
            if root is not None and not open_:
                self.fail(node, "a second document; one file holds one list of rules")
            if isinstance(event, yaml.ScalarEvent):
                node.text = event.value
                word = _WORDS.fullmatch(event.value) if event.implicit[0] else None
                node.kind = str(word.lastgroup) if word else "text"
            elif isinstance(event, yaml.MappingStartEvent):
                node.kind = "mapping"
            elif isinstance(event, yaml.AliasEvent):
                node.kind, node.text = "refused", "aliases are not read in rules; write it out"
            if (tag := getattr(event, "tag", None)) is not None:
                node.kind, node.text = "refused", f"tags are not read in rules; leave '{tag}' out"
            if open_:
                open_[-1].items.append(node)
            else:
                root = node
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append(node)
                if len(open_) > MAX_DEPTH:
                    self.fail(node, f"more than {MAX_DEPTH} lists and mappings in each other")
        return root or Node("null", 1, 1)


def plain(text: str) -> str:
    """``text``, a word of letters, digits and dashes, as YAML reads it as text: in quotes where it would be a number or
    nothing."""
    return quoted(text) if _WORDS.fullmatch(text) else text


def quoted(text: str) -> str:
    """``text`` as YAML writes it in quotes, on one line."""
    style = "'" if "\n" not in text and text.isprintable() else '"'
    dumped: str = yaml.dump(text, default_style=style, allow_unicode=True, width=1 << 30)
    return dumped.strip()
