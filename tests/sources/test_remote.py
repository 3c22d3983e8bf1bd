"""The workers of a real scheduler on the loopback: the same to the letter, whoever is lost in the middle."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from tests.cli.conftest import Call
from tests.conftest import ROOT
from tests.sources.conftest import Take, Told
from triage import __version__
from triage.rules import Engine
from triage.sources import remote, session, taking
from triage.sources.remote import Remote, SchedulerError
from triage.sources.watching import Reading
from triage.store import Store
from triage.store.runs import runs


@contextmanager
def _dask(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """``dask ARGUMENTS`` in a process of its own."""
    command = [sys.executable, "-m", "dask", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        # Of a nanny, so that it ends its worker too; one that is stopped hears nothing else than the kill.
        process.terminate() if "--nanny" in arguments else process.kill()
        process.wait()


class _Cluster:
    """A scheduler with workers."""

    def __init__(self, stack: ExitStack, where: Path, workers: int, *options: str) -> None:
        at = ("--host", "127.0.0.1", "--no-dashboard")
        self.scheduler = stack.enter_context(_dask("scheduler", "--port", 0, *at))
        assert self.scheduler.stderr is not None
        found = (re.search(r"Scheduler at: +(\S+)", line) for line in self.scheduler.stderr)
        self.address = next(match[1] for match in found if match)
        _drain(self.scheduler)
        options = (*at, "--nthreads", "1", "--local-directory", str(where), *(options or ("--no-nanny",)))
        self.workers = [stack.enter_context(_dask("worker", self.address, *options)) for _ in range(workers)]
        for worker in self.workers:
            _drain(worker)
        if workers:
            with Client(self.address, set_as_default=False) as client:
                client.wait_for_workers(workers)


def _drain(process: subprocess.Popen[str]) -> None:
    """Take what it says, so that it never waits for a reader."""
    threading.Thread(target=lambda: list(process.stderr or ()), daemon=True).start()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[_Cluster]:
    with ExitStack() as stack:
        yield _Cluster(stack, tmp_path, 2)


def test_a_worker_that_dies_in_the_middle_changes_nothing(
    take: Take, here: Told, night: Path, engine: Engine, two: _Cluster
) -> None:
    with closing(Remote(two.address, engine.rules)) as workers:
        assert workers.width == 2
        one = two.workers[0]
        # It is given tasks like the other, and finishes none of them.
        one.send_signal(signal.SIGSTOP)
        held: list[tuple[str, ...]] = []

        def die(reading: Reading) -> None:
            if not held:
                with Client(two.address, set_as_default=False) as client:
                    held.extend(tasks for tasks in client.processing().values() if tasks)
                one.kill()
                one.wait()

        assert take([night], workers, die) == here
        assert len(held) == 2, "both had tasks when one of them died"


def test_a_worker_that_dies_while_its_answer_is_fetched_changes_nothing(
    take: Take, here: Told, night: Path, engine: Engine, two: _Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, killed = Client._gather, []
    with Client(two.address, set_as_default=False) as client:
        processes = client.run(os.getpid)

    async def fetch_from_the_dying(client: Client, futures: list[Any], *options: Any, **named: Any) -> Any:
        answers = await fetch(client, futures, *options, **named)
        if not killed:
            [task] = futures
            [holder, *_] = (await client.scheduler.who_has(keys=[task.key]))[task.key]
            killed.append(processes[holder])
            os.kill(killed[0], signal.SIGKILL)
            while holder in (await client.scheduler.identity())["workers"]:
                await asyncio.sleep(0)
            for _ in range(10_000):  # that it is lost may be told together with where it is made again
                if task.status != "finished":
                    break
                await asyncio.sleep(0)
        return answers

    monkeypatch.setattr(Client, "_gather", fetch_from_the_dying)
    with closing(Remote(two.address, engine.rules)) as workers:
        assert take([night], workers) == here
    assert killed


def test_a_source_that_ends_its_worker_is_one_error(
    take: Take, night: Path, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not after the fourth worker that it ended.
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    deadly = night / "report-20-deadly.txt"
    with ExitStack() as stack:
        cluster = _Cluster(stack, tmp_path, 2, "--nanny")
        workers = stack.enter_context(closing(Remote(cluster.address, engine.rules)))
        without = take(sorted(night.iterdir()), workers)
        deadly.write_text("deadly")
        dump, errors, _ = take(sorted(night.iterdir()), workers)
    told = f"{deadly}: whoever reads it is ended (out of memory, or a crash); split it, or report it as a bug"
    assert errors.count(told) == 1 and len(errors) == len(without[1]) + 1
    assert dump == without[0]


def test_a_scheduler_that_dies_is_one_error_and_what_was_finished_is_kept(
    db: Store, engine: Engine, night: Path, two: _Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_AHEAD", 1)  # so that most is not asked for yet
    monkeypatch.setattr(taking, "_TASK", 16 << 10)

    def die(reading: Reading) -> None:
        if reading.name.endswith("report-00.xml"):
            two.scheduler.kill()
            two.scheduler.wait()

    with pytest.raises(SchedulerError, match=rf"^{two.address}: .* lost; what was finished is kept"):
        session.ingest_all(db, [str(night)], engine, die, two.address)
    kept = {Path(run.source).name for run in runs(db)}
    assert "build-17.log" in kept and "report-39.xml" not in kept


def test_another_version_is_one_error(engine: Engine, two: _Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Remote(two.address, engine.rules)) as workers:
        monkeypatch.setattr(remote, "__version__", "99.0")
        with pytest.raises(
            SchedulerError, match=rf"its worker \S+ has triage {__version__}, this is 99\.0; install"
        ):
            Remote(two.address, engine.rules)
        # One that came later was not asked before.
        with pytest.raises(SchedulerError, match=rf"a worker has triage {__version__}, and 99\.0 is asking"):
            workers.result([], workers.submit([]))


def test_the_command_reads_on_workers(triage: Call, night: Path, two: _Cluster) -> None:
    done = triage("ingest", night, "--scheduler", two.address)
    assert done.code == 2 and "broken.xml" in done.err, "what cannot be read is told as ever"
    assert done.err.count("\n") < 12 and "distributed" not in done.err
    assert "sources new" in done.out


def test_a_scheduler_without_workers_is_one_error(triage: Call, night: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = _Cluster(stack, tmp_path, 0).address
        done = triage("ingest", night, "--scheduler", address)
    assert done.code == 2
    assert done.err == f"triage: {address}: has no workers; start some with 'dask worker {address}'\n"


@pytest.mark.parametrize("address", ["", "here", "tcp://", "bar://x:1", "127.0.0.1", "tls://127.0.0.1:1"])
def test_an_address_that_is_none_is_one_error(triage: Call, night: Path, address: str) -> None:
    done = triage("ingest", night, "--scheduler", address)
    assert done.code == 2 and done.out == ""
    assert re.fullmatch(r"triage: .*check the address \(tcp://HOST:PORT\).*\n", done.err)


@pytest.mark.parametrize("answers", [False, True])
def test_where_no_scheduler_answers_is_one_error(triage: Call, night: Path, answers: bool) -> None:
    """Nobody there, or a server that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not answers:
            server.close()
        done = triage("ingest", night, "--scheduler", f"tcp://127.0.0.1:{port}")
    assert done.code == 2
    assert done.err.startswith(f"triage: tcp://127.0.0.1:{port}: no scheduler answers within 3 s; check")
    assert done.err.count("\n") == 1


def test_without_dask_it_is_said_how_to_get_it(
    triage: Call, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dask", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "triage.sources.remote")
    done = triage("ingest", night, "--scheduler", "tcp://127.0.0.1:1")
    assert done.code == 2
    assert done.err == "triage: --scheduler needs Dask, which is not installed: pip install 'triage[dask]'\n"
