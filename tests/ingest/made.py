"""Small outputs, typed into a test, and what is read of them."""

from __future__ import annotations

import io
from textwrap import dedent

from triage.ingest import Source, collect
from triage.model import CaseResult, Run


def run_of(text: str) -> Run:
    """What the reader that is surest of ``text`` (without its common margin) tells of it."""
    data = dedent(text).lstrip("\n").encode()
    return collect(Source("ci.log", lambda: io.BytesIO(data)))


def counts(run: Run) -> tuple[int, int, int, int, int]:
    """Tests, passed, failed, errors, skipped; expected failures are skipped, tolerated passes passed."""
    t = run.totals
    return t.tests, t.passed + t.xpassed, t.failed, t.errors, t.skipped + t.xfailed


def case(run: Run, name: str) -> CaseResult:
    """The one case of that name."""
    found = [known for known in run.cases if known.name == name]
    assert len(found) == 1, [(known.suite, known.name) for known in run.cases]
    return found[0]


def headlines(run: Run) -> list[str]:
    """What went wrong outside any case."""
    return [failure.headline for failure in run.failures]
