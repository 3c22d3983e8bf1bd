"""The YAML blocks below results of TAP: what they say went wrong, and where."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml

from triage.ingest.console import dedent, indent_of
from triage.ingest.json_text import clean, get, integer, text
from triage.ingest.parts import exception_type
from triage.model import Failure

_PLACE_JS = re.compile(r"^(?:.* )?\(?(?:file://)?(?P<file>[^\s():]+):(?P<line>\d{1,9})(?::\d+)?\)?$")
_YAML_LIMIT = 100_000
_KEY = re.compile(r"^(?P<key>[A-Za-z_]\w*):(?: (?P<said>.*)|$)")
_SENTENCE = 120
_NEXT_DOCUMENT = re.compile(r"^---[ \t]*$", re.MULTILINE)


def flat(lines: list[str]) -> list[str]:
    """The lines without the margin that all of them have."""
    return dedent(
        lines, min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    )


def parsed(block: str) -> Any:
    """The block as data; runners write much that is none, and then its text must do."""
    if len(block) > _YAML_LIMIT:
        return None
    # Vitest writes one document for each of several failures: the first of them is told.
    block = next((part for part in _NEXT_DOCUMENT.split(block) if part.strip()), "")
    try:
        if not re.search(r"(?m)[&*]\w+\s*$", block):
            return yaml.load(block, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        pass
    return _plain(block)


def _plain(block: str) -> dict[str, str] | None:
    """The keys at the margin of a block that is no YAML, with what stands behind or below them."""
    found: dict[str, str] = {}
    key = ""
    for line in block.split("\n"):
        if match := _KEY.match(line[:1_000]):
            key, said = match["key"], (match["said"] or "").strip()
            quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "'\""
            found[key] = "" if said in ("|", "|-", ">", ">-") else said[1:-1] if quoted else said
        elif key and line.startswith(" "):
            found[key] = f"{found[key]}\n{line.strip()}".lstrip("\n")
    return found or None


def block_message(block: str) -> str:
    """What a YAML block, its marks around it, says went wrong; empty if it says nothing."""
    lines = [line for line in block.strip().split("\n")[1:] if line.strip() != "..."]
    # What it quotes (a stack) may have a smaller margin than its keys: then it is no key.
    margin = indent_of(lines[0]) if lines else 0
    details = parsed("\n".join(line[margin:] if indent_of(line) >= margin else f" {line}" for line in lines))
    if not isinstance(details, dict):
        return ""
    said = text(get(details, "error"), "message") or text(details, "message")
    raised = text(details, "stack").strip().partition("\n")[0]
    return said or (raised if exception_type(raised) else "") or untold(details)


def untold(details: dict[str, Any]) -> str:
    """What went wrong where there is no message: a difference (AVA, node-tap), what was compared (tape)."""
    parts = get(details, "details") or get(details, "values")  # AVA up to 3 said "values"
    if isinstance(parts, dict) and parts:
        return "\n".join(f"{key} {text(parts, key)}".strip() for key in parts if isinstance(key, str))
    if said := text(details, "diff"):
        return _differing(said.strip().split("\n"))
    if "operator" in details or "expected" in details or "wanted" in details:
        keys = [key for key in ("operator", "expected", "wanted", "actual", "found") if key in details]
        keys = [key for key in keys if key != "operator" or details[key] != "fail"]
        shown = [f"{key}: {_shown(details[key])}" for key in keys]
        # A short comparison is one sentence.
        return (", " if sum(map(len, shown)) < _SENTENCE and "\n" not in "".join(shown) else "\n").join(shown)
    return ""


def _differing(diff: list[str]) -> str:
    """A difference without its head; where it is of one line, as what was expected and what came."""
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    match lines:
        case [expected, actual] if expected.startswith("-") and actual.startswith("+"):
            return f"expected: {expected[1:]}, actual: {actual[1:]}"
    return "\n".join(lines).strip() or "\n".join(diff)


def _shown(value: Any) -> str:
    return clean(value.strip()) if isinstance(value, str) else clean(repr(value))[:1_000]


def placed_by(failure: Failure, details: dict[str, Any]) -> Failure:
    """``failure`` with the place that the YAML block names, or the first own one of its stack."""
    at = get(details, "at")
    if isinstance(at, dict) and (file := text(at, "file") or text(at, "fileName")):
        return replace(failure, file=file, line=integer(at, "line") or integer(at, "lineNumber"))
    said = "\n".join(text(details, key) for key in ("at", "stack", "location"))
    for line in said.split("\n"):
        match = _PLACE_JS.match(line.strip()[:1_000])
        if (
            match
            and not match["file"].startswith(("node:", "internal"))
            and "node_modules" not in match["file"]
        ):
            return replace(failure, file=match["file"], line=int(match["line"]))
    return failure
