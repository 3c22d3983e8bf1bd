"""Notes are taken back act by act, as all that is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.test_undo import _take
from triage.analysis.decisions import decided, taken_back
from triage.export.report import gather
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store, open_store
from triage.store import investigations as notes
from triage.store.clusters import ClusterRow, clusters, set_verdict
from triage.store.history import history
from triage.store.investigations import Investigation, find_investigation
from triage.store.moves import merge
from triage.store.undo import undo

_numbers = st.integers(0, 5)
_words = st.sampled_from(["the disk is full", "", "nobody looks", "'quotes' and [brackets]"])
_acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer", "ask", "question", "role", "remove", "prove", "disprove", "act", "react", "drop", "summary", "impact"]
        ),
        _numbers,
        _words,
    ),
    max_size=12,
)  # fmt: skip


def _open(db: Store, engine: Engine) -> tuple[ClusterRow, Investigation]:
    _take(db, engine)
    row = clusters(db)[0]
    return row, notes.open_investigation(db, row.id, row.title, "why?")


def _do(db: Store, found: Investigation, kind: str, which: int, words: str) -> None:
    whys, evidence, actions = found.whys, found.evidence, found.actions
    why = whys[which % len(whys)]
    one = evidence[which % len(evidence)] if evidence else None
    action = actions[which % len(actions)] if actions else None
    acts: dict[str, Callable[[], object]] = {
        "answer": lambda: notes.write_answer(db, why.id, words),
        "ask": lambda: notes.ask(db, found.id, why.id if which else None, words),
        "question": lambda: notes.write_question(db, why.id, words),
        "role": lambda: notes.set_role(db, why.id, notes.ROLES[which % len(notes.ROLES)]),
        "remove": lambda: why is whys[0] or notes.remove_why(db, why.id),
        "prove": lambda: notes.add_evidence(db, found.id, words, why=why.id, source="r.xml", line=which),
        "disprove": lambda: one and notes.remove_evidence(db, one.id),
        "act": lambda: notes.add_action(db, found.id, words, "ann", "2026-01-01"),
        "react": lambda: action and notes.write_action(db, notes.Action(action.id, words, "", "", bool(which % 2))),
        "drop": lambda: action and notes.remove_action(db, action.id),
        "summary": lambda: notes.write_note(db, found.id, "summary", words),
        "impact": lambda: notes.write_note(db, found.id, "impact", words),
    }  # fmt: skip
    acts[kind]()


def _found(db: Store, cluster: str) -> Investigation:
    found = find_investigation(db, cluster)
    assert found is not None
    return found


def _seen(db: Store, cluster: str) -> tuple[Any, ...]:
    """What a person sees of the notes: not when the whole of them was changed last."""
    found = _found(db, cluster)
    return found.summary, found.impact, found.whys, found.evidence, found.actions, clusters(db)[0].status


@settings(max_examples=80)
@given(acts=_acts)
def test_any_notes_undone_come_back_to_the_start(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, str]]
) -> None:
    db = open_store(tmp_path_factory.mktemp("notes") / "t.db")
    row, _ = _open(db, engine)
    states = [_seen(db, row.id)]
    for act in acts:
        before = history(db, row.id)
        _do(db, _found(db, row.id), *act)
        if history(db, row.id) != before:
            states.append(_seen(db, row.id))
        else:
            assert _seen(db, row.id) == states[-1], "what is no act changes nothing"
    while len(states) > 1:
        assert _seen(db, row.id) == states.pop()
        assert taken_back(undo(db)).startswith(f"in the five whys of {row.id[:8]}: ")
    assert _seen(db, row.id) == states[0]
    assert undo(db) == []
    assert db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_who_types_answers_once(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    act = None
    for typed in ("t", "the di", "the disk is full"):
        act = notes.write_answer(db, made.whys[0].id, typed, act)
    told = [decided(change, row.id) for change in history(db, row.id)]
    assert told == ["five whys: answered: the disk is full", "status: investigating"]
    assert taken_back(undo(db)) == f"in the five whys of {row.id[:8]}: answered: the disk is full"
    assert _found(db, row.id).is_empty
    assert clusters(db)[0].status == "open"


def test_who_comes_back_to_an_answer_loses_only_what_was_typed_then(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    act = notes.write_answer(db, made.whys[0].id, "the disk is full")
    set_verdict(db, [row.id], Verdict.INFRASTRUCTURE)
    notes.write_answer(db, made.whys[0].id, "", act)
    undo(db)
    assert _found(db, row.id).whys[0].answer == "the disk is full"


def test_notes_that_were_emptied_by_mistake_come_back(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    notes.write_answer(db, made.whys[0].id, "the disk is full")
    notes.write_answer(db, made.whys[0].id, "")
    notes.close_if_empty(db, row.id)
    assert gather(db, row).investigation is None, "for whoever looks there is nothing"
    undo(db)
    report = gather(db, row)
    assert report.investigation is not None
    assert [why.answer for why in report.investigation.whys] == ["the disk is full"]


def test_notes_that_were_emptied_are_in_nobodys_way(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    notes.write_answer(db, made.whys[0].id, "the disk is full")
    notes.write_answer(db, made.whys[0].id, "")
    other = clusters(db)[1]
    noted = notes.open_investigation(db, other.id, other.title, "why?")
    notes.write_answer(db, noted.whys[0].id, "nobody looks")
    merge(db, row.id, [other.id])
    assert [why.answer for why in _found(db, row.id).whys] == ["nobody looks"]
    undo(db)
    assert [why.answer for why in _found(db, other.id).whys] == ["nobody looks"]


def test_evidence_of_a_failure_that_is_gone_comes_back_without_it(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    (failure,) = db.conn.execute("SELECT min(id) FROM failures").fetchone()
    proof = notes.add_evidence(db, made.id, "full", failure=failure, source="r.xml", line=3)
    notes.remove_evidence(db, proof)
    db.conn.execute("DELETE FROM failures WHERE id = ?", [failure])
    undo(db)
    [back] = _found(db, row.id).evidence
    assert (back.text, back.failure_id, back.line) == ("full", None, 3)


def test_the_timeline_tells_of_each_answer_once(db: Store, engine: Engine) -> None:
    row, made = _open(db, engine)
    notes.write_answer(db, made.whys[0].id, "the disk is full")
    told = [moment.text for moment in gather(db, row).timeline]
    assert sum("the disk is full" in text for text in told) == 1
    assert "five whys: answered: the disk is full" in [one.text for one in gather(db, row).history]
