"""What the last log of a job that passed says too is no failure of the next one."""

from __future__ import annotations

from pathlib import Path

from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import Store

_NOISE = "10:00:0{} ERROR cache miss for shard {}\n"
_QUIET = "10:00:00 INFO served {}\n"


def _log(path: Path, text: str) -> str:
    path.write_text("".join(_QUIET.format(n) for n in range(30)) + text)
    return str(path)


def test_only_what_is_new_is_a_failure(db: Store, engine: Engine, tmp_path: Path) -> None:
    noise = "".join(_NOISE.format(n, n) for n in range(3))
    passed = _log(tmp_path / "build-17.log", noise + "Finished: SUCCESS\n")
    failed = _log(
        tmp_path / "build-18.log", noise + "10:00:09 ERROR ledger does not balance\nFinished: FAILURE\n"
    )
    assert ingest_all(db, [passed], engine).results[0].failures == 0
    [result] = ingest_all(db, [failed], engine).results
    assert result.failures == 1
    assert any("build-17.log too" in warning.text for warning in result.warnings)
    said = [row[0] for row in db.conn.execute("SELECT message FROM failures")]
    assert ["ledger" in message for message in said] == [True]


def test_where_nothing_is_new_all_is_told(db: Store, engine: Engine, tmp_path: Path) -> None:
    noise = "".join(_NOISE.format(n, n) for n in range(3))
    ingest_all(db, [_log(tmp_path / "build-17.log", noise + "Finished: SUCCESS\n")], engine)
    [result] = ingest_all(
        db, [_log(tmp_path / "build-18.log", noise + "Finished: FAILURE\n")], engine
    ).results
    assert result.failures > 0 and not any("too" in warning.text for warning in result.warnings)


def test_another_job_is_not_compared(db: Store, engine: Engine, tmp_path: Path) -> None:
    noise = "".join(_NOISE.format(n, n) for n in range(3))
    ingest_all(db, [_log(tmp_path / "build-17.log", noise + "Finished: SUCCESS\n")], engine)
    text = noise + "10:00:09 ERROR ledger does not balance\n"
    [result] = ingest_all(db, [_log(tmp_path / "deploy-18.log", text)], engine).results
    assert result.failures > 1
