"""Takes the recording machine out of a text, and moves its clock to the night of the scenario."""

from __future__ import annotations

import os
import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

NEUTRAL_ROOT = "/srv/shop"
NEUTRAL_PREFIX = "/usr/local"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)")
_HTTP_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")
_HTTP_FORM = "%a, %d %b %Y %H:%M:%S GMT"


def _foreign_prefixes() -> dict[str, str]:
    """Where the interpreters live, and the neutral place; nothing for those of the system itself."""
    node = shutil.which("node")
    found = {sys.base_prefix: NEUTRAL_PREFIX, str(Path(node).parent) if node else "/usr/bin": "/usr/bin"}
    return {path: neutral for path, neutral in found.items() if not path.startswith("/usr")}


def scrub(text: str, suite: Path, began: datetime, at: datetime) -> str:
    """The text as a run in ``/srv/shop`` at the moment ``at`` would have written it.

    ``suite`` is the directory that it ran in, ``began`` when it really began; moments within a day of that
    are moved, other dates stay.
    """
    text = text.replace(str(suite), NEUTRAL_ROOT)
    for prefix, neutral in _foreign_prefixes().items():
        relative = os.path.relpath(neutral, NEUTRAL_ROOT)
        text = text.replace(os.path.relpath(prefix, suite), relative).replace(prefix, neutral)
    text = re.sub(r'hostname="[^"]*"', 'hostname="ci-runner"', text)

    def moved(moment: datetime) -> datetime:
        near = abs(moment - began) < timedelta(days=1)
        return moment + (at - began) if near else moment

    def iso(match: re.Match[str]) -> str:
        day, between, clock = match.groups()
        moment = moved(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC))
        return f"{moment:%Y-%m-%d}{between}{moment:%H:%M:%S}"

    def http(match: re.Match[str]) -> str:
        return f"{moved(datetime.strptime(match[0], _HTTP_FORM).replace(tzinfo=UTC)):{_HTTP_FORM}}"

    return _HTTP_DATE.sub(http, _MOMENT.sub(iso, text))


def leaks(text: str, suite: Path) -> list[str]:
    """What still names the recording machine: its paths, the home of its user."""
    names = {str(suite), str(suite.parent), str(Path.home()), *_foreign_prefixes()}
    return sorted(name for name in names if name != "/" and re.search(rf"{re.escape(name)}\b", text))
