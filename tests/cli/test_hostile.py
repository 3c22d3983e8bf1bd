"""Names, reports and servers that mean harm or are merely odd: one line at worst, no traceback, no code."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Done
from tests.conftest import SAMPLES, serving
from triage.store import database

GOOD = SAMPLES / "nightly-2-warehouse.txt"
REPORT = '<testsuite name="s"><testcase name="t"><failure message="the pump ran dry"/></testcase></testsuite>'
EVIL = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e[bold]red[/bold]"


def harmless(text: str) -> bool:
    """Whether a terminal would only show ``text``."""
    return all(ch in "\n\t" or ch.isprintable() for ch in text)


def one_line(done: Done, name: object) -> str:
    """The one complaint of a call that could not read ``name``."""
    assert done.code == 2
    [line] = done.err.strip().split("\n")
    assert line.startswith(f"triage: {name}")
    assert harmless(line)
    return line


def mocha(message: str) -> str:
    """A report in a format that can say any character."""
    failed = {"title": "t", "fullTitle": "t", "file": "a.js", "err": {"message": message, "stack": message}}
    counts = {"tests": 1, "passes": 0, "failures": 1, "pending": 0}
    return json.dumps({"stats": counts, "tests": [failed], "failures": [failed], "passes": [], "pending": []})


def test_a_report_cannot_speak_to_the_terminal(triage: Call, tmp_path: Path) -> None:
    report = tmp_path / "mocha.json"
    report.write_text(mocha(f"{EVIL} the pump ran dry"))
    assert triage("ingest", report).code == 0
    [row] = triage("clusters", "--json").json["clusters"]
    calls = [("parse", report), (report,), ("clusters",), ("show", row["id"]), ("search", "pump"), ("runs",)]
    calls += [("export", row["id"], "--format", form) for form in ("md", "html")]
    for call in calls:
        done = triage(*call)
        assert done.code == 0
        assert harmless(done.out), call
        assert call == ("runs",) or "ran dry" in done.out, call
    assert "[bold]red[/bold]" in triage("clusters").out, "markup is text"


def test_a_name_cannot_speak_to_the_terminal(triage: Call, tmp_path: Path) -> None:
    """Whoever packs an archive chooses the names of its members."""
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{EVIL}.xml", REPORT)
    for call in (("parse", packed), ("ingest", packed), ("ingest", packed), ("runs",)):
        done = triage(*call)
        assert done.code == 0
        assert harmless(done.out) and harmless(done.err), call
    [cluster] = triage("clusters", "--json").json["clusters"]
    for call in (("show", cluster["id"]), ("export", cluster["id"])):
        assert harmless(triage(*call).out), call


def test_a_bad_name_cannot_speak_to_the_terminal(triage: Call, tmp_path: Path) -> None:
    assert "no such file" in one_line(triage("parse", f"{tmp_path}/a\x1b]0;pwned\x07\nb"), tmp_path)


class _Evil(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.wfile.write(f"HTTP/1.0 503 {EVIL}\r\nServer: {EVIL}\r\nContent-Length: 0\r\n\r\n".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    with serving(_Evil) as address:
        yield address


def test_a_server_cannot_speak_to_the_terminal(
    triage: Call, evil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    one_line(triage("parse", evil), evil)
    probed = triage("probe", evil)
    assert probed.code == 0 and "503" in probed.out
    assert harmless(probed.out)


@pytest.mark.parametrize("command", ["parse", "ingest", "extract", "group", "open"])
def test_a_name_longer_than_any_file_has(triage: Call, command: str) -> None:
    """Half a log on the command line, for want of a quote."""
    name = "a" * 5_000
    one_line(triage(*([command, name] if command != "open" else [name])), name)


@pytest.mark.parametrize("command", ["parse", "ingest"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_member_whose_name_is_no_text(
    triage: Call, tmp_path: Path, command: str, options: list[str]
) -> None:
    """Names in a tar are bytes; those that are no UTF-8 come from older machines."""
    packed = tmp_path / "old.tar"
    with tarfile.open(packed, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        info = tarfile.TarInfo("r\u00e9sultats.xml")
        info.size = len(REPORT)
        archive.addfile(info, io.BytesIO(REPORT.encode()))
    done = triage(command, packed, *options)
    assert (done.code, done.err) == (0, "")
    if options:
        [run] = done.json["runs"]
        assert run["source"].startswith(f"{packed}!r") and run["totals"]["failed"] == 1


@pytest.mark.parametrize("command", ["parse", "ingest"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_whose_name_is_no_text(triage: Call, tmp_path: Path, command: str, options: list[str]) -> None:
    path = os.fsencode(tmp_path) + b"/r\xe9sultats.xml"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    except OSError:
        pytest.skip("the file system takes only names that are UTF-8")
    os.write(descriptor, REPORT.encode())
    os.close(descriptor)
    for name in (os.fsdecode(path), tmp_path):
        assert triage(command, name, *options).code == 0


@pytest.mark.parametrize(
    "call",
    [
        ("parse", "\udce9", "--json"),
        ("parse", "\udce9"),
        ("search", "\udce9"),
        ("search", "\udce9", "--json"),
        ("rules", "explain", "\udce9", "--json"),
        ("show", "\udce9"),
        ("export", "\udce9"),
    ],
)
def test_an_argument_that_is_no_text(triage: Call, call: tuple[str, ...]) -> None:
    """A terminal in Latin-1 sends bytes that are no UTF-8; Python makes half pairs of them."""
    done = triage(*call)
    assert done.code in ((0, 2) if call[0] != "search" else (1,))
    assert (done.code == 2) == bool(done.err)
    assert harmless(done.err) and done.err.count("\n") <= 1


@pytest.mark.parametrize("command", ["parse", "ingest"])
@pytest.mark.parametrize("digits", [25, 5_000])
def test_a_number_without_measure(triage: Call, tmp_path: Path, command: str, digits: int) -> None:
    """Neither JSON nor SQLite has such integers, and a report may hold them."""
    number = "9" * digits
    report = tmp_path / "big.xml"
    report.write_text(
        REPORT.replace('name="t"', f'name="t" line="{number}"').replace('"s"', f'"s" tests="{number}"')
    )
    done = triage(command, report, GOOD, "--json")
    assert [run["source"] for run in done.json["runs"]][-1] == str(GOOD)
    if done.code:
        one_line(done, report)
    else:
        assert done.json["runs"][0]["totals"]["failed"] == 1


@pytest.mark.parametrize("opened", [1, 2, 3])
@pytest.mark.parametrize("command", [("parse",), ("ingest",), ("extract",), ("group",), ("rules", "match")])
def test_a_file_that_goes_while_it_is_read(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], opened: int
) -> None:
    """A log is rotated, a share is taken off: the first look at it was still well."""
    going = tmp_path / "going.log"
    going.write_text("ERROR: the pump ran dry\n")
    real, seen = Path.open, []

    def leave(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "going.log":
            seen.append(path)
            if len(seen) > opened:
                raise OSError(116, "Stale file handle", str(path))
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", leave)
    done = triage(*command, going)
    if len(seen) > opened:
        assert "Stale file handle" in one_line(done, going)
        assert triage("runs", "--json").json["runs"] == []
    else:
        assert done.code == 0


@pytest.mark.parametrize("command", [("extract",), ("group",), ("rules", "match")])
def test_binary_data_is_no_log(triage: Call, tmp_path: Path, command: tuple[str, ...]) -> None:
    core = tmp_path / "core"
    core.write_bytes(bytes(range(256)) * 40)
    done = triage(*command, core)
    assert "binary data" in one_line(done, core)
    assert done.out == ""


def test_a_store_that_another_program_writes_to(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pipelines on one file: the second waits, and says so when it waited in vain."""
    triage("ingest", GOOD)
    monkeypatch.setattr(database, "BUSY_MS", 0)
    store = tmp_path / "triage.db"
    report = tmp_path / "r.xml"
    report.write_text(REPORT)
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert len(triage("runs", "--json").json["runs"]) == 1, "reading does not wait for writing"
        assert "locked" in one_line(triage("ingest", report), store)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert triage("ingest", report).code == 0
    assert len(triage("runs", "--json").json["runs"]) == 2


@pytest.mark.parametrize("kept", [0.1, 0.5])
@pytest.mark.parametrize("command", [("clusters",), ("runs",), ("search", "refused"), ("ingest", GOOD)])
def test_a_store_that_is_damaged(
    triage: Call, tmp_path: Path, command: tuple[object, ...], kept: float
) -> None:
    triage("ingest", GOOD)
    store = tmp_path / "triage.db"
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = store.read_bytes()
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(data[: int(len(data) * kept)] + b"\xaa" * (len(data) - int(len(data) * kept)))
    one_line(triage(*command, "--db", damaged), damaged)


def test_secrets_do_not_reach_the_store(triage: Call, tmp_path: Path) -> None:
    """Wherever in a report they stand: a property, an output, a parameter in the name of a test."""
    report = tmp_path / "r.xml"
    report.write_text(
        '<testsuite name="s"><properties><property name="DB_PASSWORD" value="hunter2-run"/></properties>'
        '<testcase name="t[password=hunter2-name]"><properties>'
        '<property name="api_key" value="hunter2-case"/></properties>'
        "<failure message=\"login('password=hunter2-message')\">password=hunter2-trace</failure>"
        "<system-out>password=hunter2-output</system-out></testcase></testsuite>"
    )
    assert triage("ingest", report).code == 0
    with sqlite3.connect(tmp_path / "triage.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "[redacted]" in dump
    places = ("message", "trace", "output", "case", "run", "name")
    assert [place for place in places if f"hunter2-{place}" in dump] == []


class _Report(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(REPORT)))
        self.end_headers()
        self.wfile.write(REPORT.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_password_in_an_address_does_not_reach_the_store(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(_Report) as address:
        done = triage("ingest", f"{address.replace('://', '://bob:hunter2@')}/r.xml", "--json")
    assert done.code == 0
    assert "hunter2" not in done.out + done.err
    with sqlite3.connect(tmp_path / "triage.db") as connection:
        assert "hunter2" not in "\n".join(connection.iterdump())
    connection.close()
