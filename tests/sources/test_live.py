"""Results while they come in: what is shown is what reading the file at its end shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.conftest import SAMPLES
from triage.model import Verdict
from triage.rules import Engine
from triage.sources import live, taking
from triage.sources.live import Command, Followed, LiveError, follow, log_for, watch
from triage.sources.session import Session, ingest_all
from triage.store import Store, empty_store, open_store
from triage.store.clusters import clusters, set_verdict
from triage.store.investigations import find_investigation, open_investigation
from triage.store.runs import runs

_CONSOLE = (SAMPLES / "nightly-1-feed.txt").read_bytes()


def _shown(db: Store) -> list[object]:
    rows = [(row.id, row.title, row.tests, row.failures, row.runs) for row in clusters(db)]
    return [*rows, *((run.totals, run.format) for run in runs(db))]


def _at_its_end(path: Path, engine: Engine) -> list[object]:
    db = empty_store()
    ingest_all(db, [str(path)], engine)
    return _shown(db)


@pytest.mark.parametrize("cut", [0, 1, 300, 1_500, len(_CONSOLE) // 2, len(_CONSOLE) - 40])
def test_a_file_that_grows_is_one_run(db: Store, engine: Engine, tmp_path: Path, cut: int) -> None:
    followed, path = Followed(db, engine), tmp_path / "feed.txt"
    path.write_bytes(_CONSOLE[:cut])
    followed.read([str(path)])
    path.write_bytes(_CONSOLE)
    assert followed.read([str(path)]).results
    assert _shown(db) == _at_its_end(path, engine)
    assert not followed.read([str(path)]).results  # nothing new


def test_what_was_said_of_a_run_that_goes_on_stays_with_its_tests(
    db: Store, engine: Engine, tmp_path: Path
) -> None:
    """At the end the same test is said to have failed in other words: the notes begun on it go along."""
    followed, path = Followed(db, engine), tmp_path / "r.xml"

    def read(said: str) -> str:
        path.write_text(
            f'<testsuite name="s"><testcase name="t"><failure message="{said}"/></testcase></testsuite>'
        )
        followed.read([str(path)])
        return next(row.id for row in clusters(db) if row.failures)

    first = read("the lamp is dark")
    notes = open_investigation(db, first, "the lamp is dark", "Why?")
    set_verdict(db, [first], Verdict.PRODUCT_BUG)
    last = read("no current in the house")
    assert last != first
    found = find_investigation(db, last)
    assert found is not None and found.id == notes.id
    assert find_investigation(db, first) is None
    assert {row.id: row.verdict for row in clusters(db)}[last] is Verdict.PRODUCT_BUG
    assert read("no current in the house ") == last, "read anew, nothing moves"
    assert find_investigation(db, last) is not None


def test_a_file_that_is_gone_or_broken_keeps_what_it_told(db: Store, engine: Engine, tmp_path: Path) -> None:
    followed, path = Followed(db, engine), tmp_path / "r.xml"
    path.write_text(
        '<testsuite name="s"><testcase name="t"><failure message="the lamp is dark"/></testcase></testsuite>'
    )
    followed.read([str(path)])
    before = _shown(db)
    path.write_text("<html><body>502 Bad Gateway</body></html>")
    assert followed.read([str(path)]).errors
    assert _shown(db) == before
    path.unlink()
    followed.read([str(path)])
    assert _shown(db) == before


def test_a_decision_does_not_wait_while_a_file_is_read(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it disturb the reading: only what is stored is locked, for as long as that takes."""
    store, path = tmp_path / "triage.db", tmp_path / "feed.txt"
    db, other = open_store(store), open_store(store)
    other.conn.execute("PRAGMA busy_timeout = 0")
    followed = Followed(db, engine)
    path.write_bytes(_CONSOLE[: len(_CONSOLE) // 2])
    followed.read([str(path)])
    cluster = clusters(db)[0].id
    real = taking.batches

    def batches(*arguments: object) -> Iterator[object]:
        for batch in real(*arguments):  # type: ignore[arg-type]
            set_verdict(other, [cluster], Verdict.FLAKY)
            yield batch

    monkeypatch.setattr(taking, "batches", batches)
    path.write_bytes(_CONSOLE)
    assert followed.read([str(path)]).results
    assert {row.id: row.verdict for row in clusters(db)}.get(cluster, Verdict.FLAKY) is Verdict.FLAKY
    verdicts = "SELECT verdict FROM clusters WHERE id = ?"
    assert db.conn.execute(verdicts, [cluster]).fetchone() == ("flaky",)
    db.close()
    other.close()


def _script(path: Path, text: str) -> list[str]:
    path.write_text(text)
    return [sys.executable, str(path)]


def test_a_command_is_read_while_it_runs(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the second half only when the first one was read."""
    monkeypatch.setattr(live, "_EVERY", 0.01)
    go, half = tmp_path / "go", len(_CONSOLE) // 2
    words = _script(
        tmp_path / "runner.py",
        f"""
import os, sys, time
data = open({str(SAMPLES / "nightly-1-feed.txt")!r}, "rb").read()
os.write(1, data[:{half}])
while not os.path.exists({str(go)!r}):
    time.sleep(0.01)
os.write(1, data[{half}:])
sys.exit(7)
""",
    )
    seen: list[bytes] = []
    command = Command(words, tmp_path / "logs" / "run.log", seen.append)
    steps = follow(db, engine, command, [], Event())
    first = next(steps)
    assert first.results
    assert command.code is None
    go.touch()
    *_, last = steps
    assert (command.code, b"".join(seen), command.log.read_bytes()) == (7, _CONSOLE, _CONSOLE)
    assert _shown(db) == _at_its_end(command.log, engine)
    assert len(last.results) <= 1


def test_a_test_that_runs_still_is_not_told_as_broken(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pytest -v names it before it knows how it ends; where the command ends there, it broke."""
    monkeypatch.setattr(live, "_EVERY", 0.01)
    go = tmp_path / "go"
    said = "=== test session starts ===\ncollected 3 items\n\nt.py::test_on FAILED [ 33%]\nt.py::test_slow "
    words = _script(
        tmp_path / "runner.py",
        f"""
import os, time
os.write(1, {said.encode()!r})
while not os.path.exists({str(go)!r}):
    time.sleep(0.01)
""",
    )
    steps = follow(db, engine, Command(words, tmp_path / "run.log"), [], Event())
    [first] = next(steps).results
    assert (first.totals.tests, first.totals.red) == (1, 1)
    go.touch()
    *_, last = steps
    assert (last.results[0].totals.tests, last.results[0].totals.errors) == (2, 1)


def test_what_a_command_writes_is_read_with_what_it_prints(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two descriptions of one run are counted once; results that were there before are not its own."""
    monkeypatch.setattr(live, "_EVERY", 0.01)
    results = tmp_path / "results"
    results.mkdir()
    old = results / "old.xml"
    old.write_text('<testsuite name="s"><testcase name="old"/></testsuite>')
    os.utime(old, (0, 0))
    case = '<testcase classname="test_lamp" name="test_on"><failure message="AssertionError: the lamp is dark"/></testcase>'
    console = (
        "=== test session starts ===\ncollected 1 item\n\ntest_lamp.py::test_on FAILED\n\n=== FAILURES ===\n___ test_on ___\n"
        "E       AssertionError: the lamp is dark\n\ntest_lamp.py:2: AssertionError\n=== short test summary info ===\n"
        "FAILED test_lamp.py::test_on - AssertionError: the lamp is dark\n=== 1 failed in 0.01s ===\n"
    )
    report, new = f'<testsuite name="s">{case}</testsuite>', str(results / "new.xml")
    words = _script(tmp_path / "runner.py", f"print({console!r}); open({new!r}, 'w').write({report!r})")
    *_, last = follow(db, engine, Command(words, tmp_path / "run.log"), [results], Event())
    assert {Path(result.source).name for result in last.results} == {"run.log", "new.xml"}
    assert [(row.title, row.failures) for row in clusters(db)] == [("AssertionError: the lamp is dark", 1)]


def test_a_command_that_is_stopped_ends_with_all_it_started(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_EVERY", 0.01)
    words = _script(
        tmp_path / "runner.py",
        "import subprocess, sys\nprint('ERROR: no mailbox', flush=True)\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])",
    )
    command, stop = Command(words, tmp_path / "run.log"), Event()
    steps = follow(db, engine, command, [], stop)
    next(steps)
    stop.set()
    list(steps)
    assert command.code == -15
    assert command.wait(0)  # nobody holds its output any more
    assert [row.title for row in clusters(db)] == ["no mailbox"]


def test_a_store_that_another_program_writes_to_is_read_into_later(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_EVERY", 0.01)
    monkeypatch.setattr("triage.store.database.BUSY_MS", 0)
    db, other = open_store(tmp_path / "triage.db"), open_store(tmp_path / "triage.db")
    refused = Event()
    real = Followed.read

    def read(followed: Followed, *names: object, **options: bool) -> Session:
        try:
            return real(followed, *names, **options)  # type: ignore[arg-type]
        except Exception:
            refused.set()
            raise

    monkeypatch.setattr(Followed, "read", read)
    words = _script(
        tmp_path / "runner.py", "import time\nprint('ERROR: no mailbox', flush=True)\ntime.sleep(600)"
    )
    other.conn.execute("BEGIN IMMEDIATE")
    command, stop = Command(words, tmp_path / "run.log"), Event()

    def release() -> None:
        refused.wait()
        other.conn.execute("ROLLBACK")

    waiting = Thread(target=release)
    waiting.start()
    steps = follow(db, engine, command, [], stop)
    assert next(steps).results
    assert command.code is None
    stop.set()
    list(steps)
    waiting.join()
    assert [row.title for row in clusters(db)] == ["no mailbox"]


def test_a_command_that_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(LiveError, match=r"^no-such-runner: No such file or directory; is it installed"):
        Command(["no-such-runner"], tmp_path / "run.log")


@pytest.mark.parametrize("named", ["absolute", "relative"])
def test_a_directory_is_watched(
    db: Store, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    directory = tmp_path if named == "absolute" else Path(tmp_path.name)
    (tmp_path / "first.xml").write_text('<testsuite name="s"><testcase name="a"/></testsuite>')
    (tmp_path / "notes.md").write_text("# Nothing\n")
    stop = Event()
    steps = watch(db, engine, directory, stop)
    first = next(steps)

    def write() -> None:
        # Until it is seen: nobody says when the watching begins.
        number = 0
        while not stop.wait(0.2):
            number += 1
            (tmp_path / "notes.md").write_text(f"# Nothing {number}\n")
            for name in ("first.xml", "second.xml"):
                text = f'<testsuite name="s"><testcase name="{name}" time="{number}"/></testsuite>'
                (tmp_path / name).write_text(text)

    writer = Thread(target=write)
    writer.start()
    both = {str(directory / name) for name in ("first.xml", "second.xml")}
    changed = set[str]()
    try:
        while changed < both:
            changed |= {result.source for result in next(steps).results}
    finally:
        stop.set()
        writer.join()
    assert [result.source for result in first.results] == [str(directory / "first.xml")]
    assert changed == both
    list(steps)
    assert len(runs(db)) == 2, "a file that changes is the same one"
    with pytest.raises(LiveError, match="no directory to watch"):
        next(watch(db, engine, tmp_path / "first.xml", stop))


def test_runs_of_one_command_are_one_job(tmp_path: Path) -> None:
    names = {
        log_for(["npx", "jest", "a/b.test.ts", "$(x)"], tmp_path).name.rstrip("-0123456789.log")
        for _ in range(2)
    }
    assert names == {"npx-jest-a-b.test.ts-x"}
