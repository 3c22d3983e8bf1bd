"""What the tests of console readers share: a run from a text, one case of it."""

from __future__ import annotations

import io

from triage.ingest import Source, collect
from triage.model import CaseResult, Run


def made(text: str, format: str) -> Run:
    """The run that a small output tells; its format must be recognised.

    A text in the margin of a test stands 8 spaces in; what is more belongs to it.
    """
    lines = text.removeprefix("\n").split("\n")
    margin = 8 if text.startswith("\n        ") else 0
    data = "\n".join(line[min(margin, len(line) - len(line.lstrip(" "))) :] for line in lines).encode()
    run = collect(Source("ci.log", lambda: io.BytesIO(data)))
    assert run.format == format
    return run


def counts(run: Run) -> tuple[int, int, int, int, int]:
    """Tests, passed, failed, errors, skipped; expected failures are skipped."""
    t = run.totals
    return t.tests, t.passed + t.xpassed, t.failed, t.errors, t.skipped + t.xfailed


def case(run: Run, name: str) -> CaseResult:
    """The only case of that name."""
    found = [c for c in run.cases if c.name == name]
    assert len(found) == 1, [(c.suite, c.name) for c in run.cases]
    return found[0]
