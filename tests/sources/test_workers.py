"""Other processes of this machine: the same to the letter, whoever is ready first and whoever dies."""

from __future__ import annotations

import multiprocessing
import pickle
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.sources import deadly
from tests.sources.conftest import Take, Told
from triage import __version__
from triage.intake.tasks import VersionError, packed
from triage.intake.tasks import take as take_task
from triage.rules import Engine
from triage.sources import session, taking, workers
from triage.sources.watching import Reading
from triage.sources.workers import Local
from triage.store import Store
from triage.store.runs import runs


@pytest.fixture
def pool(engine: Engine) -> Iterator[Local]:
    with closing(Local(engine.rules, 2)) as local:
        local.worth = 0
        yield local


def test_a_pool_makes_the_same_to_the_letter(take: Take, here: Told, night: Path, pool: Local) -> None:
    there = take([night], pool)
    assert there == here
    assert any("broken.xml" in error for error in there[1])
    assert sum(result.known for result in there[2]) == 1
    assert "hunter2" not in there[0] and "build-17.log too" in there[0]


def test_a_source_that_ends_its_process_is_one_error(
    take: Take, here: Told, night: Path, pool: Local
) -> None:
    last = night / "report-20-deadly.txt"
    last.write_text("deadly")
    dump, errors, _ = take(sorted(night.iterdir()), pool)
    assert [error for error in errors if "deadly" in error] == [
        f"{last}: whoever reads it is ended (out of memory, or a crash); split it, or report it as a bug"
    ]
    last.unlink()
    assert dump == take(sorted(night.iterdir()), pool)[0], "the others are read, and the pool goes on"


def test_where_no_process_can_be_had_all_is_read_here(
    take: Take, night: Path, pool: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(night.glob("report-0*"))
    there = take(names, pool)
    monkeypatch.setattr(workers, "_prepare", deadly.at_once)
    tried: list[int] = []
    made = workers._pool
    monkeypatch.setattr(workers, "_pool", lambda processes: tried.append(processes) or made(processes))
    with closing(Local(pool._given, 2)) as none:
        none.worth = 0
        assert take(names, none) == there
    assert tried.count(1) == 1, "that none can be had is known after one try"


def test_every_source_is_told_before_it_is_stored(take: Take, night: Path, pool: Local) -> None:
    seen: list[tuple[str, int]] = []
    _, _, results = take([night], pool, lambda r: seen.append((r.name, r.done)))
    begun = [name for name, done in seen if not done]
    assert [result.source for result in results if "report-" in result.source] == [
        name for name in begun if "report-" in name
    ]


def test_stopped_in_the_middle_all_that_was_finished_is_kept(
    db: Store, engine: Engine, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = Local(engine.rules, 2)
    local.worth = 0
    others = set(multiprocessing.active_children())
    monkeypatch.setattr(session, "_workers", lambda *_: local)
    monkeypatch.setattr(taking, "_TASK", 16 << 10)
    started: list[Reading] = []

    def stop(reading: Reading) -> None:
        started.append(reading)
        if reading.name.endswith("report-20.xml"):
            helpers.extend(set(multiprocessing.active_children()) - others)
            raise KeyboardInterrupt

    helpers: list[multiprocessing.process.BaseProcess] = []
    with pytest.raises(KeyboardInterrupt):
        session.ingest_all(db, [str(night)], engine, stop)
    sources = [Path(run.source).name for run in runs(db)]
    assert "report-19.xml" in sources and "report-20.xml" not in sources
    assert len(helpers) == 2
    for process in helpers:
        process.join()  # they end, or this test does not
        assert not process.is_alive()


@pytest.fixture
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Local, "submit", lambda *_: pytest.fail("a process is started for it"))


def _each_takes(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every source that is read here takes so long."""
    ticks = count()
    monkeypatch.setattr(taking, "monotonic", lambda: seconds * next(ticks))


@pytest.mark.usefixtures("nobody_else")
def test_what_takes_little_time_is_read_without_them(
    db: Store, engine: Engine, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _each_takes(0.01, monkeypatch)
    assert len(session.ingest_all(db, [str(night)], engine).results) > 40


def test_what_takes_long_is_sent_when_that_is_known(
    take: Take, here: Told, night: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _each_takes(1.0, monkeypatch)
    monkeypatch.setattr(taking, "_TRIED", 4 << 10)
    sent: list[str] = []
    with closing(Local(engine.rules, 2)) as local:
        local.worth = 1.5
        submit = local.submit
        monkeypatch.setattr(
            local, "submit", lambda parcels: sent.extend(one.name for one in parcels) or submit(parcels)
        )
        assert take([night], local) == here
    assert 5 < len(sent) < len(here[2]), "the first are read here"


@pytest.mark.usefixtures("nobody_else")
def test_one_large_source_is_read_without_them(db: Store, engine: Engine, tmp_path: Path) -> None:
    log, small = tmp_path / "large.log", tmp_path / "small.log"
    log.write_text("10:00:00 INFO served\n" * 600_000 + "10:00:09 ERROR ledger does not balance\n")
    small.write_text("10:00:09 ERROR ledger does not balance\n")
    assert [r.failures for r in session.ingest_all(db, [str(log), str(small)], engine).results] == [1, 1]


def test_another_version_is_refused() -> None:
    with pytest.raises(VersionError, match=rf"has triage {__version__}, and 0\.0 is asking"):
        take_task("0.0", b"", [])


def test_rules_on_their_way_match_as_at_home(engine: Engine) -> None:
    sent = packed(engine.rules)
    there = Engine(pickle.loads(zlib.decompress(sent)))
    texts = [text for rule in engine.rules for text in (*rule.matching, *rule.not_matching)]
    assert len(texts) > 100

    def told(asked: Engine) -> list[tuple[str, str, str, float] | None]:
        found = [asked.match(text) for text in texts]
        return [match and (match.rule.id, match.key, match.title, match.score) for match in found]

    assert told(there) == told(engine)
