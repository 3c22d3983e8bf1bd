"""Writing all or nothing, and knowing that it was done."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from triage.store import Store, open_store


def _titles(db: Store) -> list[str]:
    return [title for (title,) in db.conn.execute("SELECT name FROM place ORDER BY name")]


def _put(db: Store, name: str) -> None:
    db.conn.execute("INSERT INTO place VALUES (?, '')", [name])


def test_what_goes_wrong_leaves_nothing_and_what_stands_in_another_only_its_part(db: Store) -> None:
    with pytest.raises(KeyError), db.atomic():
        _put(db, "lost")
        raise KeyError
    with db.atomic():
        _put(db, "first")
        with pytest.raises(KeyError), db.atomic():
            _put(db, "lost")
            with db.atomic():
                _put(db, "lost too")
            raise KeyError
        with db.atomic():
            _put(db, "second")
    assert _titles(db) == ["first", "second"]
    assert not db.conn.in_transaction


def test_an_inner_part_is_lost_with_its_outer(db: Store) -> None:
    with pytest.raises(KeyError), db.atomic():
        with db.atomic():
            _put(db, "lost")
        raise KeyError
    assert _titles(db) == []


def test_an_error_that_ended_the_transaction_is_the_one_that_is_told(db: Store) -> None:
    with pytest.raises(KeyError, match="the cause"), db.atomic(), db.atomic():
        db.conn.execute("ROLLBACK")
        raise KeyError("the cause")
    assert not db.conn.in_transaction


def test_its_state_tells_whether_anybody_wrote(db: Store, tmp_path: Path) -> None:
    seen = [db.state]
    _titles(db)
    assert db.state == seen[0]
    with closing(open_store(tmp_path / "triage.db")) as other:
        for name, writer in (("first", db), ("second", other), ("third", db)):
            with writer.atomic():
                _put(writer, name)
            seen.append(db.state)
    assert len(set(seen)) == 4
