"""Reports of Bruno and of LLVM's lit, and a stream of subunit without colons."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest import IngestError, Source, collect


def request(name: str, **more: Any) -> dict[str, Any]:
    return {
        "test": {"filename": f"tank/{name}.bru"},
        "request": {"method": "GET", "url": f"http://tank/{name}"},
        "response": {"status": 200, "responseTime": 1500},
        "error": None,
        "assertionResults": [],
        "testResults": [],
        "suitename": f"tank/{name}",
        **more,
    }


STATUS = {"lhsExpr": "res.status", "rhsExpr": "eq 200", "operator": "eq", "status": "pass"}
BRUNO = [
    request(
        "fill",
        assertionResults=[STATUS, STATUS | {"rhsExpr": "eq 201", "status": "fail", "error": "expected 200 to equal 201"}],
        testResults=[{"description": "is full", "status": "pass"}],
    ),
    request("drain", error="connect ECONNREFUSED 127.0.0.1:80", response={"status": 0}),
]  # fmt: skip


def test_bruno() -> None:
    run = run_of(json.dumps({"summary": {"totalRequests": 2}, "results": BRUNO}, indent=2))
    assert (run.format, counts(run)) == ("bruno-json", (3, 2, 1, 0, 0))
    failed = case(run, "res.status eq 201")
    assert (failed.suite, failed.file) == ("tank/fill", "tank/fill.bru")
    assert failed.failures[0].message == "expected 200 to equal 201"
    assert headlines(run) == ["connect ECONNREFUSED 127.0.0.1:80"]
    assert case(run, "res.status eq 200").duration == 1.5


def test_bruno_in_several_iterations() -> None:
    rounds = [{"iterationIndex": turn, "summary": {}, "results": BRUNO[:1]} for turn in (0, 1)]
    run = run_of(json.dumps(rounds))
    assert counts(run) == (6, 4, 2, 0, 0)
    assert {known.suite for known in run.cases} == {"tank/fill > iteration 1", "tank/fill > iteration 2"}


def test_bruno_without_results() -> None:
    with pytest.raises(IngestError, match="write it with --reporter-json"):
        run_of(json.dumps({"results": {}, "assertionResults": [], "testResults": [], "request": {}, "suitename": ""}))  # fmt: skip


SCRIPT = """\
Exit Code: 1

Command Output (stdout):
--
# RUN: at line 1
drain %s
# executed command: drain pump.txt
# | pumping
--
Command Output (stderr):
--
# .---command stderr------------
# | drain: error: pump.txt is clogged
# `-----------------------------
# error: command failed with exit status: 1

--
"""


def test_lit() -> None:
    codes = {"fill.txt": "PASS", "again.txt": "FLAKYPASS", "old.txt": "XFAIL", "no-valve.txt": "UNSUPPORTED"}
    tests = [{"name": f"pump :: sub/{name}", "code": code, "elapsed": 0.5, "output": ""} for name, code in codes.items()]  # fmt: skip
    tests += [
        {"name": "pump :: drain.txt", "code": "FAIL", "elapsed": 0.1, "output": SCRIPT},
        {"name": "pump :: fixed.txt", "code": "XPASS", "elapsed": 0.1, "output": "Exit Code: 0\n"},
        {"name": "pump :: odd.txt", "code": "UNRESOLVED", "elapsed": None, "output": ""},
    ]
    run = run_of(json.dumps({"__version__": [23, 1, 5], "elapsed": 1.2, "tests": tests}, indent=2))
    assert (run.format, counts(run)) == ("lit-json", (7, 2, 2, 1, 2))
    assert case(run, "drain.txt").failures[0].message == "drain: error: pump.txt is clogged"
    assert case(run, "fixed.txt").failures[0].message == "passed, though it is marked as one that fails"
    assert case(run, "odd.txt").failures[0].message == "ended as UNRESOLVED"
    assert case(run, "sub/again.txt").suite == "pump"


def test_subunit_without_colons() -> None:
    run = run_of(
        """
        test fills
        success fills
        test drains the tank
        failure drains the tank [
        pump.c:53: clogged
        ]
        test opens
        error opens
        """
    )
    assert (run.format, counts(run)) == ("subunit", (3, 1, 1, 1, 0))
    assert case(run, "drains the tank").failures[0].message == "pump.c:53: clogged"


def test_a_stream_that_only_carries_what_another_runner_wrote() -> None:
    """As ``python -m subunit.run | subunit2junitxml -f`` writes it, if the first of them fails."""
    body = b"\x06stdout\x05tests"
    packet = b"\xb3" + struct.pack(">HB", 0x2040, 8 + len(body)) + body
    data = packet + struct.pack(">I", zlib.crc32(packet)) + b'<testsuite failures="3"/>'
    with pytest.raises(IngestError, match="name no test"):
        collect(Source("stream.xml", lambda: io.BytesIO(data)))


def test_words_of_tests_without_their_ends_are_no_stream() -> None:
    text = "test fills\nsuccess is near\ntest drains\nerror in the pump\n"
    assert run_of(text).format == "log"
