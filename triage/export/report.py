"""Everything a document says about one cluster, gathered once for every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from triage.analysis.cascades import Cascades, Consequence, cascades, under
from triage.analysis.decisions import decided, short_id
from triage.analysis.expected import judged, rates, told
from triage.analysis.impact import Impact, count, grouped, impact, overall
from triage.analysis.moments import utc
from triage.model import Totals
from triage.rules import Engine
from triage.rules.advice import Advice, advice
from triage.rules.expectations import Expectation, load_expectations
from triage.store import Store
from triage.store.clusters import (
    ClusterRow,
    Member,
    Variant,
    clusters,
    first_member,
    members,
    titles,
    variants,
)
from triage.store.history import history
from triage.store.investigations import Evidence, Investigation, Why, find_investigation
from triage.store.occurrences import tests_in
from triage.store.runs import RunRow, runs
from triage.store.tags import tags_of_tests
from triage.whys import Doubt, doubts


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: str
    """ISO 8601."""
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about the cluster."""

    at: str
    """ISO 8601."""
    text: str
    undone_at: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """An answer with what supports it and what follows from it."""

    why: Why
    evidence: tuple[Evidence, ...]
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """Another cluster that is probably the cause or a consequence of this one."""

    id: str
    title: str
    tests: int
    evidence: str
    """One sentence; "it" is the consequence."""


@dataclass(frozen=True, slots=True)
class Report:
    """A postmortem before it takes a form."""

    cluster: ClusterRow
    impact: Impact
    totals: Totals
    """Of the runs in which it occurs."""
    runs: tuple[RunRow, ...]
    first: Member | None
    """The first failure in time."""
    came_first: bool
    """Nothing failed before ``first`` in its run."""
    cause: Linked | None
    """The cluster that this one probably only follows from."""
    consequences: tuple[Linked, ...]
    """The clusters that probably follow from this one, nearest first."""
    with_consequences: Impact
    """Of this cluster and its consequences together."""
    variants: tuple[Variant, ...]
    members: tuple[Member, ...]
    investigation: Investigation | None
    tree: tuple[Node, ...]
    history: tuple[Decision, ...]
    """Oldest first, with what was taken back."""
    timeline: tuple[Moment, ...]
    doubts: tuple[Doubt, ...]
    expectations: tuple[Expectation, ...]
    """What is expected of it, expired or not."""
    rates: str
    """The pass rates of its runs: raw, and adjusted where something is expected."""
    test_tags: dict[str, tuple[str, ...]]
    """The tags of its tests that have some, by the id of the test."""

    @property
    def title(self) -> str:
        return self.cluster.title

    @property
    def expected_lines(self) -> tuple[str, ...]:
        """What is expected of it, as of today."""
        return tuple(told(one, date.today()) for one in self.expectations)

    @property
    def root_causes(self) -> tuple[Why, ...]:
        return self._with_role("root_cause")

    @property
    def contributing(self) -> tuple[Why, ...]:
        return self._with_role("contributing")

    def _with_role(self, role: str) -> tuple[Why, ...]:
        return tuple(w for w in self.investigation.whys if w.role == role) if self.investigation else ()

    @property
    def tests(self) -> tuple[str, ...]:
        """The test cases it blocks, each once."""
        return tuple(dict.fromkeys(member.test for member in self.members if member.test))

    @property
    def doubt_lines(self) -> tuple[str, ...]:
        """The doubts, each with the answer that it is about."""
        answers = {why.id: why.answer for why in self.investigation.whys} if self.investigation else {}
        return tuple(
            f'"{answers[doubt.why_id]}": {doubt.text}' if doubt.why_id in answers else doubt.text
            for doubt in self.doubts
        )

    @property
    def example(self) -> Member | None:
        """The failure shown as evidence: the first one with a trace."""
        return next((m for m in self.members if m.failure.trace), self.members[0] if self.members else None)


def gather(db: Store, cluster: ClusterRow, cascade: Cascades | None = None) -> Report:
    """What the store knows about ``cluster``; ``cascade`` is what follows from what, looked for where it is not given."""
    if cascade is None:
        cascade = cascades(db, clusters(db))
    found = members(db, cluster.id, limit=1_000)
    in_runs = {member.run_id for member in found}
    its_runs = tuple(run for run in runs(db, in_runs) if run.same_as is None)
    totals = overall(run.totals for run in its_runs)
    noted = find_investigation(db, cluster.id)
    investigation = None if noted is None or noted.is_empty else noted
    changes = history(db, cluster.id)
    names = titles(db) if changes else {}
    decisions = tuple(
        Decision(
            change.at,
            decided(change, cluster.id, lambda id_: names.get(id_, short_id(id_))),
            change.undone_at,
        )
        for change in changes
    )
    first, came_first = first_member(db, cluster.id)
    behind = under(cascade, cluster.id)
    cause = cascade.get(cluster.id)
    return Report(
        cluster=cluster,
        impact=impact(cluster.tests, totals),
        totals=totals,
        runs=its_runs,
        first=first,
        came_first=came_first,
        cause=next(iter(_linked(db, {cause.cause: cause})), None) if cause else None,
        consequences=_linked(db, {id_: cascade[id_] for id_ in behind}),
        with_consequences=impact(tests_in(db, [cluster.id, *behind]), totals),
        variants=tuple(variants(db, cluster.id)),
        members=tuple(found),
        investigation=investigation,
        tree=_tree(investigation, None) if investigation else (),
        history=decisions,
        timeline=_timeline(
            # What stands in the notes says itself when it was written.
            [told for change, told in zip(changes, decisions, strict=True) if change.field != "note"],
            its_runs,
            investigation,
        ),
        doubts=tuple(doubts(investigation)) if investigation else (),
        expectations=_expected(cluster, found, its_runs),
        rates=rates(totals, judged(db, in_runs)),
        test_tags=tags_of_tests(db, {member.test for member in found if member.test}),
    )


def _expected(
    cluster: ClusterRow, found: Iterable[Member], its_runs: tuple[RunRow, ...]
) -> tuple[Expectation, ...]:
    where = {run.id: run.environment or "" for run in its_runs}
    places = {(member.test or "", where.get(member.run_id, "")) for member in found}
    return tuple(
        one
        for one in load_expectations()[0]
        if any(one.covers(cluster.id, cluster.rule, test, environment) for test, environment in places)
    )


def _linked(db: Store, told: dict[str, Consequence]) -> tuple[Linked, ...]:
    rows = {row.id: row for row in clusters(db, told)} if told else {}
    return tuple(
        Linked(id_, rows[id_].title, rows[id_].tests, why.evidence)
        for id_, why in told.items()
        if id_ in rows
    )


def advice_of(report: Report, engine: Engine) -> Advice:
    """What the rule of the cluster says of its failures, of the one that is shown as evidence first."""
    shown = [report.example] if report.example else []
    return advice(engine.rule(report.cluster.rule), (one.failure for one in [*shown, *report.members]))


def _tree(investigation: Investigation, parent: int | None) -> tuple[Node, ...]:
    return tuple(
        Node(why, investigation.evidence_of(why.id), _tree(investigation, why.id))
        for why in investigation.children(parent)
    )


def _timeline(
    decisions: Iterable[Decision],
    its_runs: tuple[RunRow, ...],
    investigation: Investigation | None,
) -> tuple[Moment, ...]:
    moments = [
        Moment(
            run.started or run.ingested_at,
            f"run {run.source} shows it ({grouped(run.totals.red)} of {count(run.totals.tests, 'test')} red)"
            + ("" if run.started else ", read now: it does not say when it ran"),
        )
        for run in its_runs
    ]
    moments += [Moment(decision.at, decision.text) for decision in decisions if decision.undone_at is None]
    if investigation is not None:
        moments.append(Moment(investigation.created_at, "investigation opened"))
        moments += [
            Moment(why.updated_at, f"answered: {why.answer}")
            for why in investigation.whys
            if why.answer.strip()
        ]
    return tuple(sorted(moments, key=lambda moment: utc(moment.at)))
