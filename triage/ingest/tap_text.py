"""The YAML blocks of TAP: what runners write below a result."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml

from triage.ingest.console import dedent
from triage.ingest.json_text import clean, get, integer, text
from triage.model import Failure

_PLACE_JS = re.compile(r"^(?:.* )?\(?(?:file://)?(?P<file>[^\s():]+):(?P<line>\d{1,9})(?::\d+)?\)?$")
_YAML_LIMIT = 100_000


def flat(lines: list[str]) -> list[str]:
    """The lines without the margin that all of them have."""
    return dedent(
        lines, min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    )


def parsed(block: str) -> Any:
    """The block as data; runners write much that is none, and then its text must do."""
    if len(block) > _YAML_LIMIT or re.search(r"(?m)[&*]\w+\s*$", block):
        return None
    try:
        return yaml.load(block, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def untold(details: dict[str, Any]) -> str:
    """What went wrong where there is no message: a difference (AVA, node-tap), what was compared (tape)."""
    parts = get(details, "details")
    if isinstance(parts, dict) and parts:
        return "\n".join(f"{key} {text(parts, key)}".strip() for key in parts if isinstance(key, str))
    if said := text(details, "diff"):
        return said.strip()
    if "operator" in details or "expected" in details or "wanted" in details:
        keys = [key for key in ("operator", "expected", "wanted", "actual", "found") if key in details]
        return "\n".join(f"{key}: {_shown(details[key])}" for key in keys)
    return ""


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
