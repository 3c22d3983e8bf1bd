"""A report in the form that was asked for."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

import orjson

from triage.analysis.impact import count, percent
from triage.analysis.moments import moment
from triage.escapes import visible
from triage.export.report import Report
from triage.ingest.redact import redact
from triage.rules import CATEGORIES

if TYPE_CHECKING:
    from jinja2 import Environment

_MAX_EXCERPT = 60
"""Lines of a trace that a document shows."""


def render(report: Report, format_: str) -> str:
    """``report`` as ``md``, ``html`` or ``json``; credentials are redacted, control characters made visible."""
    if format_ == "json":
        return redact(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode()) + "\n"
    template = _environment(html=format_ == "html").get_template(f"postmortem.{format_}.j2")
    return redact(visible(template.render(report=report)))


@cache
def _environment(html: bool) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("triage.export"), autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    environment.filters |= {
        "percent": percent, "inline": _inline, "cell": _cell, "fence": _fence, "excerpt": excerpt, "words": _words,
        "category": category,
        "count": count, "moment": moment,
    }  # fmt: skip
    return environment


def excerpt(trace: str, message: str = "") -> str:
    """At most ``_MAX_EXCERPT`` lines of ``trace``, around the line that says the message."""
    lines = trace.split("\n")
    if len(lines) <= _MAX_EXCERPT:
        return trace
    first = message.split("\n", 1)[0].strip()
    at = next((i for i, line in enumerate(lines) if first and first in line), len(lines) - 1)
    start = max(0, min(at - _MAX_EXCERPT // 2, len(lines) - _MAX_EXCERPT))
    return "\n".join(lines[start : start + _MAX_EXCERPT])


def _inline(text: str) -> str:
    """``text`` as one line of Markdown that means itself."""
    folded = " ".join(text.split())
    return "".join("\\" + ch if ch in "\\`*_[]<>|#~" else ch for ch in folded)


def _cell(text: str) -> str:
    return _inline(str(text)) or " "


def _fence(text: str) -> str:
    """A fence longer than any run of backticks in ``text``."""
    return "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def category(id_: str) -> str:
    """The words for a category that are shown to people."""
    return CATEGORIES.get(id_, id_ or "none")


def _words(value: str) -> str:
    return value.replace("_", " ")
