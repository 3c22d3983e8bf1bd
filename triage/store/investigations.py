"""Five-whys notes: the tree of answers, evidence and actions. Every write is committed at once, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import orjson

from triage.store.clusters import follow_status
from triage.store.database import Store, now
from triage.store.noting import note

ROLES = ("", "root_cause", "contributing")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line that supports an answer (or, without ``why_id``, the investigation)."""

    id: int
    why_id: int | None
    failure_id: int | None
    source: str
    line: int | None
    """1-based line in ``source``."""
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """A question and its answer; its children ask on."""

    id: int
    parent_id: int | None
    question: str
    answer: str
    role: str
    """One of ``ROLES``."""
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done, by somebody, until some day."""

    id: int
    text: str
    owner: str
    due: str
    """ISO date, or empty."""
    done: bool


@dataclass(frozen=True, slots=True)
class Investigation:
    """Everything that was found out about one cluster."""

    id: int
    cluster_id: str
    title: str
    summary: str
    impact: str
    created_at: str
    updated_at: str
    whys: tuple[Why, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted in it."""
        noted = self.evidence or self.actions or self.summary or self.impact or len(self.whys) > 1
        return not noted and not any(why.answer.strip() for why in self.whys)

    def children(self, parent: int | None) -> tuple[Why, ...]:
        """The questions that follow from ``parent``, the first questions for None, in the order asked."""
        return tuple(why for why in self.whys if why.parent_id == parent)

    def count_below(self, parent: int) -> int:
        """How many questions follow from ``parent``, and from these."""
        children = self.children(parent)
        return len(children) + sum(self.count_below(child.id) for child in children)

    def evidence_of(self, why: int | None) -> tuple[Evidence, ...]:
        """The evidence for one answer."""
        return tuple(item for item in self.evidence if item.why_id == why)


@dataclass(frozen=True, slots=True)
class InvestigationRow:
    """One line of the list of investigations."""

    cluster: str
    """Its id."""
    title: str
    """Of the cluster."""
    status: str
    """Of the cluster: one of ``STATUSES``."""
    changed_at: str
    """ISO 8601, UTC."""
    answers: int
    root_causes: tuple[str, ...]
    last_answer: str
    """The one that was written last, or empty."""


def investigations(db: Store) -> list[InvestigationRow]:
    """Those in which something was noted, the last changed first."""
    rows = db.conn.execute(
        "SELECT c.id, c.title, c.status, max(i.updated_at, coalesce(max(w.updated_at), '')),"
        " sum(trim(w.answer) != ''),"
        " (SELECT json_group_array(answer) FROM whys WHERE investigation_id = i.id AND role = 'root_cause'"
        "  AND trim(answer) != ''),"
        " coalesce((SELECT answer FROM whys WHERE investigation_id = i.id AND trim(answer) != ''"
        "  ORDER BY updated_at DESC, id DESC LIMIT 1), '')"
        " FROM investigations i JOIN clusters c ON c.id = i.cluster_id JOIN whys w ON w.investigation_id = i.id"
        " GROUP BY i.id"
        " HAVING sum(trim(w.answer) != '') > 0 OR count(w.id) > 1 OR i.summary != '' OR i.impact != ''"
        "  OR EXISTS (SELECT 1 FROM evidence WHERE investigation_id = i.id)"
        "  OR EXISTS (SELECT 1 FROM actions WHERE investigation_id = i.id)"
        " ORDER BY 4 DESC, i.id DESC"
    )
    return [InvestigationRow(*row[:5], tuple(orjson.loads(row[5])), row[6]) for row in rows]  # type: ignore[call-arg]


def find_investigation(db: Store, cluster: str) -> Investigation | None:
    """The investigation of ``cluster``, or None."""
    row = db.conn.execute(
        "SELECT id, cluster_id, title, summary, impact, created_at, updated_at FROM investigations WHERE cluster_id = ?",
        [cluster],
    ).fetchone()
    if row is None:
        return None
    whys = db.conn.execute(
        "SELECT id, parent_id, question, answer, role, created_at, updated_at FROM whys WHERE investigation_id = ? ORDER BY id",
        [row[0]],
    )
    evidence = db.conn.execute(
        "SELECT id, why_id, failure_id, source, line, text FROM evidence WHERE investigation_id = ? ORDER BY id",
        [row[0]],
    )
    actions = db.conn.execute(
        "SELECT id, text, owner, due, done FROM actions WHERE investigation_id = ? ORDER BY id", [row[0]]
    )
    return Investigation(  # type: ignore[call-arg]  # the columns of the query are its first fields
        *row,
        tuple(Why(*r) for r in whys),
        tuple(Evidence(*r) for r in evidence),
        tuple(Action(*r[:4], bool(r[4])) for r in actions),  # type: ignore[call-arg]
    )


def open_investigation(db: Store, cluster: str, title: str, question: str) -> Investigation:
    """The investigation of ``cluster``; made with its first question if there is none."""
    found = find_investigation(db, cluster)
    if found is not None:
        return found
    with db.atomic():
        cursor = db.conn.execute(
            "INSERT INTO investigations (cluster_id, title, created_at, updated_at) VALUES (?, ?, ?, ?)",
            [cluster, title, now(), now()],
        )
        _insert_why(db, int(cursor.lastrowid or 0), None, question)
    made = find_investigation(db, cluster)
    assert made is not None
    return made


def ask(db: Store, investigation: int, parent: int | None, question: str) -> int:
    """A new question below ``parent`` (a branch where it already has one); its id."""
    asked = f"asked: {question}"
    return note(db, investigation, asked, lambda: _insert_why(db, investigation, parent, question))[0]


def _insert_why(db: Store, investigation: int, parent: int | None, question: str) -> int:
    cursor = db.conn.execute(
        "INSERT INTO whys (investigation_id, parent_id, question, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
        [investigation, parent, question, now(), now()],
    )
    return int(cursor.lastrowid or 0)


def close_if_empty(db: Store, cluster: str) -> None:
    """Remove the investigation of ``cluster`` if nothing was noted in it: somebody only looked. Notes that were removed
    may be brought back: then it stays."""
    found = find_investigation(db, cluster)
    if found is not None and found.is_empty and not _acts(db, found.id):
        _remove(db, found.id)


def remove_if_empty(db: Store, cluster: str) -> None:
    """The same, also where notes were removed, which can't be brought back any more: other notes come in its place."""
    found = find_investigation(db, cluster)
    if found is not None and found.is_empty:
        with db.atomic():
            acts = orjson.dumps(_acts(db, found.id)).decode()
            db.conn.execute(
                "UPDATE history SET act = NULL WHERE id IN (SELECT value FROM json_each(?))", [acts]
            )
            _remove(db, found.id)


def _remove(db: Store, investigation: int) -> None:
    with db.atomic():
        db.conn.execute("DELETE FROM investigations WHERE id = ?", [investigation])


def _acts(db: Store, investigation: int) -> list[int]:
    """The changes of these notes that stand in the history and can be taken back."""
    query = (
        "SELECT id FROM history WHERE field = 'note' AND act IS NOT NULL AND undone_at IS NULL"
        " AND json_extract(old, '$.investigation') = ?"
    )
    return [row[0] for row in db.conn.execute(query, [investigation])]


def write_answer(db: Store, why: int, answer: str, act: int | None = None) -> int | None:
    """Save what is answered so far; a cluster with an answer is being investigated. The number of the act: given back with
    the next key it goes on, so that one takes back an answer, not its letters."""
    said = f"answered: {answer}" if answer.strip() else "an answer removed"
    with db.atomic():
        act = _change(db, "whys", why, said, partial(_update, db, "whys", why, "answer", answer), act)
        row = db.conn.execute(
            "SELECT c.id FROM clusters c JOIN investigations i ON i.cluster_id = c.id"
            " JOIN whys w ON w.investigation_id = i.id WHERE w.id = ? AND c.status = 'open'",
            [why],
        ).fetchone()
        if row is not None and answer.strip():
            follow_status(db, row[0], "investigating", act)
    return act


def write_question(db: Store, why: int, question: str) -> None:
    """Save a reworded question."""
    _change(db, "whys", why, f"question: {question}", partial(_update, db, "whys", why, "question", question))


def set_role(db: Store, why: int, role: str) -> None:
    """Mark an answer as root cause or contributing factor, or as neither."""
    said = role.replace("_", " ") or "no cause any more"
    _change(db, "whys", why, said, partial(_update, db, "whys", why, "role", role), of="answer")


def write_note(db: Store, investigation: int, field: str, text: str) -> None:
    """Save the investigation's ``summary`` or ``impact``."""
    if field not in ("summary", "impact"):
        raise ValueError(field)
    said = f"{field}: {text}"
    note(db, investigation, said, lambda: _update(db, "investigations", investigation, field, text))


def _update(db: Store, table: str, id_: int, field: str, value: str) -> None:
    query = f"UPDATE {table} SET {field} = ?1, updated_at = ?2 WHERE id = ?3 AND {field} != ?1"
    db.conn.execute(query, [value, now(), id_])


def _change(
    db: Store, table: str, id_: int, said: str, change: Callable[[], object], act: int | None = None, *, of: str = ""
) -> int | None:  # fmt: skip
    """Make a ``change`` of one row, unless another program removed it; told as ``said``, and what its column ``of`` says."""
    row = db.conn.execute(
        f"SELECT investigation_id, {of or 'NULL'} FROM {table} WHERE id = ?", [id_]
    ).fetchone()
    if row is None:
        return act
    return note(db, row[0], f"{said}: {row[1]}" if of else said, change, act)[1]


def _delete(db: Store, table: str, id_: int, said: str, of: str) -> None:
    delete = partial(db.conn.execute, f"DELETE FROM {table} WHERE id = ?", [id_])
    _change(db, table, id_, said, delete, of=of)


def remove_why(db: Store, why: int) -> None:
    """Remove a question with all that follows from it; its evidence stays with the investigation."""
    _delete(db, "whys", why, "question removed", of="question")


def add_evidence(
    db: Store, investigation: int, text: str, *, why: int | None = None, failure: int | None = None,
    source: str = "", line: int | None = None,
) -> int:  # fmt: skip
    """Attach a line; its id."""

    def add() -> int:
        cursor = db.conn.execute(
            "INSERT INTO evidence (investigation_id, why_id, failure_id, source, line, text, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [investigation, why, failure, source, line, text, now()],
        )
        return int(cursor.lastrowid or 0)

    return note(db, investigation, f"evidence: {text}", add)[0]


def remove_evidence(db: Store, evidence: int) -> None:
    """Detach a line."""
    _delete(db, "evidence", evidence, "evidence removed", of="text")


def add_action(db: Store, investigation: int, text: str, owner: str = "", due: str = "") -> int:
    """Note something to be done; its id."""

    def add() -> int:
        cursor = db.conn.execute(
            "INSERT INTO actions (investigation_id, text, owner, due, created_at) VALUES (?, ?, ?, ?, ?)",
            [investigation, text, owner, due, now()],
        )
        return int(cursor.lastrowid or 0)

    return note(db, investigation, f"action: {text}", add)[0]


def write_action(db: Store, action: Action) -> None:
    """Save an action's text, owner, due date and whether it is done."""

    def write() -> None:
        db.conn.execute(
            "UPDATE actions SET text = ?, owner = ?, due = ?, done = ? WHERE id = ?",
            [action.text, action.owner, action.due, int(action.done), action.id],
        )

    _change(db, "actions", action.id, f"action: {action.text}", write)


def remove_action(db: Store, action: int) -> None:
    """Drop an action."""
    _delete(db, "actions", action, "action removed", of="text")
