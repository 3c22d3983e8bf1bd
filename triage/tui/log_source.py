"""Where the log screen has its logs from, and what becomes of the evidence that is picked in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from triage.tui.texts import numbered_lines

if TYPE_CHECKING:
    from triage.ingest import Source
    from triage.rules import Engine, Rule
    from triage.store import Store
    from triage.store.clusters import ClusterRow, Member


@dataclass(frozen=True)
class Place:
    """Where to open a log."""

    source: str
    line: int | None = None
    """1-based."""
    member: Member | None = None
    """The failure that stands there."""
    is_exact: bool = False
    """Whether this very line is wanted, not the one of the failure that tells most."""

    @classmethod
    def of(cls, member: Member) -> Place:
        return cls(member.source, member.failure.source_line, member)

    @cached_property
    def told(self) -> int | None:
        """The line that says the failure, else ``line``: where the log opens, and where the sign of the failure stands."""
        if self.member is None or self.is_exact:
            return self.line
        lines = numbered_lines(self.member)
        return next((number for number, _, telling in lines if telling and number), self.line)


class Desk:
    """What a log lies on: nothing else is known of it."""

    takes_evidence: ClassVar[bool] = False
    rule: Rule | None = None
    """The rule whose matches are marked."""

    def __init__(self, passing: Callable[[str], Source | None] = lambda source: None) -> None:
        self.passing = passing
        """The log of the same job that passed last, as far as one is known."""

    def digest(self, member: Member) -> str:
        """The SHA-256 that the source of ``member`` had when it was read; empty where nobody knows."""
        return ""

    def evidence(self, source: str) -> Mapping[int, str]:
        """The lines of ``source`` that are evidence."""
        return {}

    def pick(self, place: Place, line: int | None, lines: Sequence[str]) -> str:
        """Take ``lines``, the first of which has the number ``line``, as evidence, or take them back; what was done.

        Raises:
            StoreError: it cannot be stored.
        """
        raise NotImplementedError


class ClusterDesk(Desk):
    """A cluster of the store, and the question whose answer the evidence is for."""

    takes_evidence = True

    def __init__(self, db: Store, row: ClusterRow, rule: Rule | None, why: int | None = None) -> None:
        super().__init__(self._last_passing)
        self._db, self._row, self.rule, self._why = db, row, rule, why

    def _last_passing(self, source: str) -> Source | None:
        from triage.sources.baseline import Baselines

        return Baselines(self._db).of(source)

    def digest(self, member: Member) -> str:
        from triage.store.runs import digest_of

        return digest_of(self._db, member.run_id)

    def evidence(self, source: str) -> Mapping[int, str]:
        from triage.store.investigations import find_investigation

        found = find_investigation(self._db, self._row.id)
        picked = [item for item in found.evidence if item.source == source and item.line] if found else []
        return {(item.line or 0) + n: text for item in picked for n, text in enumerate(item.text.split("\n"))}

    def pick(self, place: Place, line: int | None, lines: Sequence[str]) -> str:
        from triage.store.database import telling

        with telling(self._db.path):
            return self._pick(place, line, lines)

    def _pick(self, place: Place, line: int | None, lines: Sequence[str]) -> str:
        from triage.escapes import visible
        from triage.ingest.redact import redact
        from triage.store import investigations as notes
        from triage.whys import first_question

        text = redact(visible("\n".join(lines))).strip()
        row = self._row
        asked = first_question(row.title, row.tests, row.failures)
        made = notes.open_investigation(self._db, row.id, row.title, asked)
        for item in made.evidence:
            if item.source == place.source and item.line == line and item.text == text:
                notes.remove_evidence(self._db, item.id)
                if self._why is None:
                    notes.close_if_empty(self._db, row.id)
                return "Evidence taken back."
        why = next((each for each in made.whys if each.id == self._why), None)
        # Without one chosen, that which is to be answered next.
        why = why or next((each for each in made.whys if not each.answer.strip()), made.whys[-1])
        failure = place.member.id if place.member else None
        notes.add_evidence(
            self._db, made.id, text, why=why.id, failure=failure, source=place.source, line=line
        )
        return f"Evidence for: {why.question}"


def log_of(
    db: Store,
    engine: Engine,
    row: ClusterRow,
    member: Member,
    why: int | None = None,
    line: int | None = None,
) -> tuple[list[Place], int, Desk]:
    """The failures of the cluster ``row``, which of them is ``member``, and where evidence goes: for the answer to
    ``why``, or to the question that is to be answered next. ``line`` is one that is wanted instead of the failure's own."""
    from triage.store.clusters import members

    found = members(db, row.id)
    at = next((at for at, each in enumerate(found) if each.id == member.id), 0)
    places = [Place.of(each) for each in found]
    if line is not None:
        places[at] = replace(places[at], line=line, is_exact=True)
    rule = engine.rule(row.rule)
    return places, at, ClusterDesk(db, row, rule, why)
