"""The library over what did not fail: whatever fires there stands here with its reason, or is a mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FRESH, RECORDED, ROOT, SAMPLES, manifest, source_of
from triage.ingest import IngestError, collect
from triage.ingest.logs.severity import severity
from triage.model import Outcome
from triage.rules import Engine
from triage.rules.check import example_type

SHARED = ROOT.parent / "shared"
"""Logs of others that lie beside the project, where they do; they are read in place."""
LOGHUB = SHARED / "loghub"
PAIRS = sorted(SHARED.glob("logpairs/*/pass.log"))

ACCESS_LOG = "an access log tells the status; its reader makes no failure of a line at level INFO"
REAL = "the line tells a real error of that system, if not of a test"
SHOWN = "a test that passes prints the panic that it expects"

KNOWN = "a known issue is told when it happens, and its test passes"

ELSEWHERE = "the line is of a test or a file that failed, and holds the name of one that passed"

RUNNERS = {
    ("cmocka/subunit.txt", "compile-c"): ELSEWHERE,
    ("prove6/verbose.txt", "subprocess-failed"): ELSEWHERE,
    ("prove6/verbose.txt", "subtests-failed"): ELSEWHERE,
    ("prove6/verbose.txt", "unexpected-pass"): ELSEWHERE,
    ("cargo/nocapture.txt", "rust-panic"): SHOWN,
    ("nextest/console-no-capture.txt", "rust-panic"): SHOWN,
    ("xctest/shop.txt", "xctest-assertion"): KNOWN,
    ("xctest/parallel.txt", "xctest-assertion"): KNOWN,
}
LOGS = {("nightly-1-backend.log", "http-401"): ACCESS_LOG, ("nightly-1-backend.log", "http-404"): ACCESS_LOG}
DATASETS: dict[str, dict[str, str]] = {
    "Android": {"java-cast": REAL},
    "BGL": dict.fromkeys(
        (
            "assertion-other", "connection-reset", "disk-error", "exec-format", "file-not-found", "permission-denied",
            "socket-not-connected", "timeout-connect",
        ),
        REAL,
    ),
    "HDFS": {},
    "HPC": {},
    "OpenSSH": dict.fromkeys(("connection-reset", "login-refused", "ssh-login"), REAL),
    "Proxifier": {"proxy-refused": REAL},
    "Spark": {},
    "Windows": {},
}  # fmt: skip
PASSED_JOBS = {
    "assertion-junit": "a tool that repairs tests tells which ones it repairs",
    "did-not-raise": "a tool that repairs tests tells which ones it repairs",
    "disk-full": "the disk of the runner was full, and the job passed all the same",
    "file-not-found": "find and rm complain in a step whose result nobody asks for",
    "jacoco-coverage": "a limit of coverage that only warns",
    "java-null": "a stack trace that the code under test prints",
    "maven-compile": "a step that is allowed to fail does not compile",
}


def passing(directory: Path, path: str) -> Iterator[str]:
    """Of the text of a runner: all lines where nothing failed, else the lines that name a test that passed."""
    source = source_of(directory / path)
    try:
        run = collect(source)
    except IngestError:
        return
    passed = {c.name for c in run.cases if c.outcome is Outcome.PASSED and not c.failures}
    others = {c.name for c in run.cases} - passed
    green = passed and not (others or run.failures or run.warnings)
    told = "\n".join(f"{f.message}\n{f.trace}" for c in run.cases for f in c.failures)
    for line in source.lines():
        names_one = any(name in line for name in passed) and not any(name in line for name in others)
        if green or (names_one and line.strip() not in told):
            yield line


def fired(engine: Engine, texts: Iterable[str]) -> set[str]:
    return {match.rule.id for text in texts if (match := engine.match(text, example_type(text)))}


def _texts() -> list[Any]:
    return [
        (directory, entry["path"])
        for directory in (FRESH, SAMPLES, *RECORDED)
        for entry in manifest(directory)
        if entry["path"].endswith((".txt", ".log", ".tap"))
    ]


def test_passing_tests_get_no_rule(engine: Engine) -> None:
    lines, found = 0, set()
    for directory, path in _texts():
        texts = list(passing(directory, path))
        lines += len(texts)
        found |= {(f"{directory.name}/{path}", rule) for rule in fired(engine, texts)}
    assert lines > 500
    assert found == set(RUNNERS)


def test_calm_lines_of_the_sample_logs_get_no_rule(engine: Engine) -> None:
    """Lines of logs without tests that do not sound like a failure."""
    found = set()
    for path in sorted(SAMPLES.glob("*.log")):
        calm = [line for line in source_of(path).lines() if severity(line) == 0]
        if not collect(source_of(path)).cases:
            found |= {(path.name, rule) for rule in fired(engine, calm)}
    assert found == set(LOGS)


@pytest.mark.skipif(not LOGHUB.is_dir(), reason="the LogHub data sets are not beside this checkout")
@pytest.mark.parametrize("name", DATASETS)
def test_logs_of_systems_get_only_rules_for_their_errors(name: str, engine: Engine) -> None:
    with (LOGHUB / name / f"{name}_2k.log_structured.csv").open(encoding="utf-8") as file:
        texts = [row["Content"] for row in csv.DictReader(file)]
    assert len(texts) == 2000
    assert fired(engine, texts) == set(DATASETS[name])


@pytest.mark.skipif(not PAIRS, reason="the logs of jobs that passed are not beside this checkout")
def test_jobs_that_passed_get_only_rules_for_what_they_print(engine: Engine) -> None:
    texts = [line for path in PAIRS for line in source_of(path).lines()]
    assert len(texts) > 10_000
    assert fired(engine, texts) == set(PASSED_JOBS)


@pytest.mark.parametrize(
    "text",
    [
        "error=0 retries=0 status=ok",
        "errors: 0, warnings: 0",
        "Tests run: 429, Failures: 0, Errors: 0, Skipped: 1",
        "received 403 bytes from 10.0.0.7",
        "wrote 500 rows to orders in 429 ms",
        '10.0.0.7 - - [09/Feb/2026:10:00:00 +0000] "GET /img/404.png HTTP/1.1" 200 5021',
        "timeout=30 retries=3 backoff=0.5",
        "using connect timeout 5s and read timeout 30s",
        "connection timeout set to 30000 ms",
        "max_connections = 100",
        "LOG:  database system is ready to accept connections",
        "rate limit: 4998 of 5000 remaining, resets at 10:05:00",
        "test tests::rejects_overflow ... ok",
        "tests/test_db.py::test_deadlock_is_retried PASSED [ 53%]",
        "--- PASS: TestDeadlineExceeded (0.00s)",
        "   Compiling thiserror v1.0.56",
        "go: downloading github.com/pkg/errors v0.9.1",
        "npm WARN deprecated inflight@1.0.6: This module is not supported",
        "[INFO] --- maven-surefire-plugin:3.0.0:test (default-test) @ shop ---",
        "[  PASSED  ] 12 tests.",
        "[       OK ] Orders.TimesOut (0 ms)",
        "Process finished with exit code 0",
        "websocket closed code=1000 reason=normal closure",
        "[GroupCoordinator 1]: Stabilized group billing generation 7 with 3 members",
        "Refused orders are shown in the list",
        "certificate valid until 2027-01-01",
    ],
)
def test_innocent_lines_get_no_rule(text: str, engine: Engine) -> None:
    assert fired(engine, [text]) == set()
