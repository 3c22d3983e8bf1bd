"""A few lines for a chat: what to tell a colleague."""

from __future__ import annotations

from triage.analysis.impact import count, percent
from triage.escapes import visible
from triage.export.report import Report
from triage.ingest.redact import redact


def short_summary(report: Report) -> str:
    """Title, cost, an example and the state of the investigation; credentials redacted."""
    row = report.cluster
    lines = [
        f"{row.title} [{row.id[:8]}]",
        f"{count(row.tests, 'test')} blocked, {count(row.failures, 'failure')} in {count(row.runs, 'run')}"
        + (
            f", {percent(report.impact.share)} of the {count(report.totals.red, 'failed test')} of these runs"
            if report.impact.share is not None
            else ""
        ),
        f"verdict: {row.verdict.label}, {row.status}{f', owner {row.owner}' if row.owner else ''}",
    ]
    if report.example is not None:
        lines.append(f"says: {report.example.failure.headline[:300]}")
        place = report.example.failure.source_line
        lines.append(f"in: {report.example.source}" + (f":{place}" if place else ""))
    lines += [f"root cause: {why.answer}" for why in report.root_causes]
    return redact(visible("\n".join(lines)))
