"""What the screens say, as rich ``Text`` made from data; never markup, so that no log can style the screen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

from triage.analysis.expected import Judged, rates, told
from triage.analysis.impact import count, grouped, percent, seconds
from triage.analysis.moments import moment
from triage.escapes import visible
from triage.export.report import Report
from triage.model import Totals, Verdict
from triage.rules import CATEGORIES
from triage.rules.advice import Advice
from triage.store.clusters import ClusterRow, Member
from triage.store.runs import RunRow

if TYPE_CHECKING:
    from triage.analysis.explain import Explanation

VERDICT_STYLES = {
    Verdict.UNKNOWN: "dim",
    Verdict.PRODUCT_BUG: "red",
    Verdict.TEST_BUG: "yellow",
    Verdict.FLAKY: "magenta",
    Verdict.INFRASTRUCTURE: "cyan",
    Verdict.EXPECTED: "green",
}
_VERDICT_SHORT = {
    Verdict.UNKNOWN: "-",
    Verdict.PRODUCT_BUG: "product",
    Verdict.TEST_BUG: "test bug",
    Verdict.FLAKY: "flaky",
    Verdict.INFRASTRUCTURE: "infra",
    Verdict.EXPECTED: "expected",
}


_CATEGORY_SHORT = {
    "product_bug": "product?",
    "test_bug": "test?",
    "infra": "infra?",
    "config": "config?",
    "expected_by_design": "expected?",
    "flaky": "flaky?",
}
"""What a rule says it usually is: a question, until somebody decides."""

_BAR_CELLS = 8
_MOST_OF_A_REASON = 600
_LEVELS = "▁▂▃▄▅▆▇█"


def one_line(text: str) -> str:
    """``text`` on one line, safe for the terminal."""
    return visible(" ".join(text.split()))


def status_line(
    totals: Totals,
    runs: int,
    rows: list[ClusterRow],
    shown: int,
    marked: int = 0,
    unread: int = 0,
    expected: Judged | None = None,
    recently: str = "",
) -> Text:
    """The line on top: what the whole store says; ``recently`` is how the last runs went."""
    new = sum(row.new for row in rows)
    text = Text(f"{count(len(rows), 'cluster')}", "bold")
    if unread:
        text.append(f"  {grouped(unread)} not read: press r", "bold red")
    if new and new < len(rows):
        text.append(f"  {grouped(new)} new", "bold yellow")
    if shown != len(rows):
        text.append(f"  {grouped(shown)} shown", "dim")
    if marked:
        text.append(f"  {grouped(marked)} marked", "bold")
    text.append(f"  {grouped(totals.red)} red", "bold red" if totals.red else "dim")
    text.append(f" of {count(totals.tests, 'test')}")
    if totals.flaky:
        text.append(f"  {grouped(totals.flaky)} flaky", "magenta")
    text.append(f"  pass rate {rates(totals, expected)}", "bold").append(recently)
    for state, style in (("expired", "bold red"), ("stale", "bold yellow")):
        if standings := expected.of_state(state) if expected else ():
            text.append(f"  {count(len(standings), 'expectation')} {state}", style)
    text.append(f"  {count(runs, 'run')}", "dim")
    return text


def recent(rates: Sequence[float], width: int) -> str:
    """How the last runs went, the oldest first: a sparkline between the worst and the best of them with the last in words;
    in less than 100 of ``width`` cells by how many points the last differs from the one before."""
    if len(rates) < 2:
        return ""
    if width < 100:
        points = (rates[-1] - rates[-2]) * 100
        return f" {'+' if points > 0 else '-' if points < 0 else '='}{abs(points):.1f}"
    worst, span = min(rates), max(rates) - min(rates)
    line = "".join(_LEVELS[round((rate - worst) / span * 7) if span else 7] for rate in rates)
    return f" {line} last {percent(rates[-1])}"


def _bar(share: float) -> str:
    """``share``, 0 to 1, as blocks of up to ``_BAR_CELLS`` cells, in eighths; whatever is not nothing shows."""
    eighths = max(math.ceil(share * 8 * _BAR_CELLS), 0)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def cluster_line(row: ClusterRow, marked: bool, new: bool, most: int, width: int, depth: int = 0) -> Text:
    """One row of the list: mark, tests with a bar, new, verdict or category, title; what follows from the row above is
    put below it by ``depth``."""
    text = Text()
    text.append("● " if marked else "  ", "bold")
    text.append(f"{grouped(row.tests or row.failures):>4}" + ("t" if row.tests else "×"), "bold")
    if width >= 70:
        filled = _bar(row.tests / most if most else 0.0)
        text.append(" " + filled, "red").append("·" * (_BAR_CELLS - len(filled)), "dim")
    text.append(" new " if new else "     ", "bold yellow")
    if row.verdict is not Verdict.UNKNOWN:
        text.append(f"{_VERDICT_SHORT[row.verdict]:<9}", "bold " + VERDICT_STYLES[row.verdict])
    else:
        text.append(f"{_CATEGORY_SHORT.get(row.category, ''):<9}", "dim")
    text.append({"investigating": "? ", "resolved": "✓ "}.get(row.status, "  "), "bold")
    if depth:
        text.append("  " * (min(depth, 5) - 1) + "└ ", "dim")
    text.append(one_line(row.title)[:400])
    if row.owner:
        text.append(f" @{one_line(row.owner)}", "blue")
    append_tags(text, row.tags)
    return text


def append_tags(text: Text, tags: Iterable[str]) -> None:
    """Put tags behind ``text``."""
    for tag in tags:
        text.append(f" #{one_line(tag)}", "cyan")


def summary(report: Report, says: Advice) -> Text:
    """What to know first: what it is, what it costs, how it looks, what to check."""
    row = report.cluster
    text = Text()
    text.append(one_line(row.title) + "\n", "bold")
    text.append(
        f"{count(row.tests, 'test')} blocked, {count(row.failures, 'failure')} in {count(row.runs, 'run')}"
    )
    if report.impact.share is not None and row.tests:
        text.append(
            f", {percent(report.impact.share)} of the {count(report.totals.red, 'failed test')} of these runs"
        )
    text.append("\n")
    if report.impact.rate_now is not None and row.tests:
        text.append(
            f"their pass rate is {report.rates}, at most {percent(report.impact.rate_if_fixed)} with it fixed\n"
        )
    if report.root_causes:
        text.append("root cause\n", "bold underline")
        for why in report.root_causes:
            text.append(f"  {visible(why.answer)}\n", "green")
    if report.example:
        text.append("it says\n", "bold underline")
        for line in report.example.failure.message.split("\n")[:6] or [""]:
            text.append("  " + visible(line)[:400] + "\n", "red")
    for title, lines in (("check first", says.checks), ("likely causes", says.causes)):
        if lines:
            text.append(f"\n{title}\n", "bold underline")
            for number, line in enumerate(lines, 1):
                text.append(f"  {number}. {visible(line)}\n")
    _cascade(text, report)
    text.append("\n")
    _field(
        text, "category", CATEGORIES.get(row.category, "none") + (f" (rule {row.rule})" if row.rule else "")
    )
    _field(text, "verdict", row.verdict.label, VERDICT_STYLES[row.verdict])
    _field(text, "status", row.status)
    if row.owner:
        _field(text, "owner", one_line(row.owner))
    for one in report.expectations:
        _field(
            text,
            "expected",
            one_line(told(one, date.today())),
            "bold red" if one.until < date.today() else "green",
        )
    if row.tags:
        _field(text, "tags", " ".join(f"#{one_line(tag)}" for tag in row.tags), "cyan")
    _field(
        text,
        "seen",
        f"{moment(row.first_seen)} to {moment(row.last_seen)}"
        if moment(row.first_seen) != moment(row.last_seen)
        else moment(row.first_seen),
    )
    if report.first is not None:
        place = one_line(report.first.test or "the run itself")
        _field(text, "first", place + (", before anything else in its run" if report.came_first else ""))
    _field(text, "id", row.id)
    return text


def _cascade(text: Text, report: Report) -> None:
    """What it probably follows from, and what follows from it."""
    if (cause := report.cause) is not None:
        text.append("\nprobably follows from\n", "bold underline")
        text.append(f"  {one_line(cause.title)} ", "bold").append(f"{cause.id[:8]}\n", "dim")
        text.append(f"  {one_line(cause.evidence)}\n", "dim")
    if report.consequences:
        both = report.with_consequences
        text.append("\nprobable consequences\n", "bold underline")
        text.append(
            f"  {count(both.tests, 'test')} blocked with them, pass rate at most {percent(both.rate_if_fixed)} with all fixed\n"
        )
        for link in report.consequences:
            text.append(f"  {count(link.tests, 'test')}: ", "bold").append(one_line(link.title) + "\n")
            text.append(f"    {one_line(link.evidence)}\n", "dim")


def _field(text: Text, name: str, value: str, style: str = "") -> None:
    text.append(f"{name:<9}", "dim")
    text.append(value + "\n", style)


def evidence(member: Member | None, position: int, total: int) -> tuple[Text, Text]:
    """A failure as the log tells it, with the line numbers of the source, its own lines marked: what comes before
    the first of these, and the rest.
    """
    above = text = Text()
    if member is None:
        return Text("No failure to show.", "dim"), Text()
    text.append(f"failure {grouped(position)} of {grouped(total)}  ", "dim")
    text.append(one_line(member.test or "the run itself") + "\n", "bold")
    place = one_line(member.source) + (f":{member.failure.source_line}" if member.failure.source_line else "")
    text.append(place + "\n", "cyan")
    if member.failure.file:
        line = f":{member.failure.line}" if member.failure.line else ""
        text.append(f"code {one_line(member.failure.file)}{line}\n", "cyan")
    if member.failure.trace:
        text.append(one_line(member.failure.headline)[:600] + "\n", "bold red")
    text.append("\n")
    for number, line, telling in numbered_lines(member):
        if telling and text is above:
            above.right_crop()
            text = Text()
        text.append(f"{number:>6} " if number else "       ", "dim")
        text.append(("▶ " if telling else "  ") + visible(line) + "\n", "bold red" if telling else "")
    if member.output:
        text.append("\noutput of the test\n", "bold underline")
        text.append(visible(member.output[-8_000:]))
    return above, (Text() if text is above else text)


def numbered_lines(member: Member) -> list[tuple[int | None, str, bool]]:
    """Line number in the source (None where it is not known), text, and whether the line says the message."""
    body = member.failure.trace or member.failure.message
    said = {line.strip() for line in member.failure.message.split("\n")[:4] if len(line.strip()) > 2}
    first = member.failure.trace_line
    rows: list[tuple[int | None, str, bool]] = []
    for offset, line in enumerate(body.split("\n")):
        bare = line.removeprefix("E").strip()
        telling = any(bare == part or (len(part) > 12 and part in bare) for part in said)
        rows.append((first + offset if first and member.failure.trace else first, line, telling))
    return rows


def tests(report: Report) -> Text:
    """The members: each test once with how often and where."""
    text = Text()
    seen: dict[str, list[Member]] = {}
    for member in report.members:
        seen.setdefault(member.test or "the run itself", []).append(member)
    for test, found in seen.items():
        text.append(f"{grouped(len(found)):>4}× ", "dim")
        text.append(one_line(test), "bold")
        append_tags(text, report.test_tags.get(test, ()))
        text.append("\n")
        for source in dict.fromkeys(m.source for m in found):
            text.append(f"       {one_line(source)}\n", "dim")
    if len(report.members) < report.cluster.failures:
        text.append(f"and {count(report.cluster.failures - len(report.members), 'failure')} more\n", "dim")
    return text


def variants(report: Report) -> Text:
    """The signatures of the cluster, the most frequent first."""
    text = Text()
    for variant in report.variants:
        text.append(f"{grouped(variant.failures):>4}× ", "bold")
        text.append(one_line(variant.said) + "\n")
        text.append(
            f"       {variant.signature}, joined by {variant.joined_by}, score {variant.score:.1f}\n", "dim"
        )
    return text


def reasons(explanations: Iterable[Explanation]) -> Text:
    """Why the failures were grouped so."""
    text = Text()
    for reason in explanations:
        text.append("• ", "bold")
        text.append(visible(reason.text) + "\n")
        for name, said in reason.lines:
            value = name.startswith("<")
            text.append(f"    {name} " if value else f"  {name}  ", "cyan" if value else "dim")
            text.append(one_line(said)[:_MOST_OF_A_REASON] + "\n")
        text.append("\n")
    return text


def history(report: Report) -> Text:
    """What was decided about the cluster, the latest first; what was taken back is struck out in words too."""
    text = Text()
    for decision in reversed(report.history):
        text.append(f"{moment(decision.at)}  ", "dim")
        text.append(one_line(decision.text), "dim strike" if decision.undone_at else "")
        if decision.undone_at:
            text.append(f"  (taken back {moment(decision.undone_at)})", "dim")
        text.append("\n")
    return text or Text("Nothing was decided yet.", "dim")


def _column(number: int, noun: str) -> str:
    """``count`` in a column: the nouns stand below each other."""
    return f"{grouped(number):>6} {noun}{' ' if number == 1 else 's'}"


def run_line(run: RunRow, clusters: int, width: int) -> Text:
    """One row of the list of runs, with the number of its clusters."""
    text = Text()
    text.append(f" {moment(run.started)} " if run.started else f"~{moment(run.ingested_at)} ", "dim")
    text.append(_column(run.totals.tests, "test") + " ")
    text.append(f"{grouped(run.totals.red):>6} red ", "bold red" if run.totals.red else "green")
    if width >= 70:
        text.append(f"{percent(run.totals.pass_rate):>8} ")
    if width >= 100:
        text.append(_column(clusters, "cluster") + "  ")
        text.append(f"{run.format:<18}", "cyan")
    text.append("= " if run.same_as is not None else "! " if run.warnings else "  ", "bold yellow")
    # The end of a path tells more than its beginning.
    source, room = one_line(run.source), max(8, width - text.cell_len)
    text.append(source if len(source) <= room else "…" + source[1 - room :])
    if run.same_as is not None:
        # Another description of a run that is counted.
        text.stylize("dim")
    return text


def run_detail(run: RunRow) -> Text:
    """Everything a source said about its run."""
    text = Text()
    text.append(one_line(run.source) + "\n", "bold")
    t = run.totals
    text.append(
        f"{count(t.tests, 'test')}: {grouped(t.passed)} passed, {grouped(t.failed)} failed, {count(t.errors, 'error')},"
        f" {grouped(t.skipped)} skipped, {count(t.xfailed, 'expected failure')}, {grouped(t.xpassed)} passed unexpectedly,"
        f" {grouped(t.flaky)} flaky\n"
    )
    if run.why:
        text.append(run.why + "\n", "dim")
    _field(text, "format", run.format)
    _field(
        text, "started", moment(run.started) if run.started else "not said: it counts from when it was read"
    )
    _field(text, "read", moment(run.ingested_at))
    for name, value in (
        ("duration", seconds(run.duration) if run.duration is not None else ""),
        ("where", run.environment or ""),
        ("workers", grouped(run.workers) if run.workers else ""),
    ):
        if value:
            _field(text, name, visible(value))
    for name, value in run.properties:
        text.append(f"{one_line(name)}: ", "dim")
        text.append(one_line(value) + "\n")
    if run.warnings:
        text.append("\nwarnings\n", "bold underline")
        for line, said in run.warnings:
            text.append(f"  line {line}: " if line else "  ", "yellow")
            text.append(one_line(said) + "\n")
    for table in run.tables:
        text.append(f"\n{one_line(str(table['title']))}\n", "bold underline")
        columns, rows = table["columns"], table["rows"]
        assert isinstance(columns, list)
        assert isinstance(rows, list)
        for cells in (columns, *rows):
            text.append("  " + "  |  ".join(one_line(str(cell)) for cell in cells) + "\n")
    return text
