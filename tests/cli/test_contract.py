"""What scripts rely on: the keys of a document, stdout for the answer alone, exit codes for yes and no."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.cli.conftest import Call, Done
from tests.conftest import FRESH, SAMPLES, serving

API = SAMPLES / "nightly-1-api.xml"
WAREHOUSE = SAMPLES / "nightly-2-warehouse.txt"
FEED = SAMPLES / "nightly-2-feed.txt.gz"
CUT = (
    '<?xml version="1.0"?>\n<testsuite name="s" tests="3">\n'
    '<testcase name="a"/>\n<testcase name="b"><failure message="the pump ran dry"/></testcase>\n<testca'
)


def strictly(done: Done) -> Any:
    """The document on stdout, by the letter of the standard: no NaN, no second document."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(done.out, parse_constant=refuse)


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_bytes(b"HTTP 429 Too Many Requests\r\n\r\nit rained on 3 days\r\nit rained on 4 days")
    return path


def test_every_document_is_alone_on_stdout(triage: Call, texts: Path) -> None:
    """Also where something is told on stderr."""
    triage("ingest", API)
    cluster = triage("clusters", "--json").json["clusters"][0]["id"]
    calls = [
        ("parse", API, "missing"),
        ("ingest", API, "missing"),
        ("clusters",),
        ("show", cluster),
        ("runs",),
        ("search", "429"),
        ("extract", texts),
        ("group", texts),
        ("rules", "check"),
        ("rules", "test"),
        ("rules", "explain", "HTTP 429"),
        ("rules", "match", texts),
    ]
    for call in calls:
        done = triage(*call, "--json")
        assert isinstance(strictly(done), dict), call
        assert done.code == (2 if "missing" in call else 0), call
        assert ("missing: no such file" in done.err) == ("missing" in call), call


@pytest.mark.parametrize(
    ("call", "document"),
    [(("clusters",), {"clusters": [], "alike": []}), (("runs",), {"runs": []})],
)
def test_an_empty_store_is_an_answer(triage: Call, call: tuple[str, ...], document: object) -> None:
    done = triage(*call, "--json")
    assert (done.code, strictly(done), done.err) == (0, document, "")
    assert triage(*call).code == 0


def test_without_a_terminal_the_summary_is_printed(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = triage()
    assert (empty.code, empty.err) == (0, "")
    assert empty.out.startswith("0 runs, 0 tests: ") and "pass rate n/a; 0 clusters" in empty.out
    stdin(monkeypatch, API.read_bytes())
    piped = triage("-")
    assert piped.code == 0
    read, store = piped.out.split("\n", 1)
    assert read == "-: junit-xml, 62 tests, 43 failed"
    assert store.startswith("in the database: 1 run, 62 tests: ")
    again = triage(API).out.split("\n", 1)
    assert again == [f"{API}: junit-xml, 62 tests, 43 failed (ingested before)", store]


@pytest.mark.parametrize("data", [FEED.read_bytes(), gzip.decompress(FEED.read_bytes())], ids=["gz", "plain"])
def test_standard_input_is_a_source_like_others(
    triage: Call, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    stdin(monkeypatch, data)
    [run] = triage("ingest", "-", "--json").json["runs"]
    assert (run["source"], run["format"], run["totals"]["failed"]) == ("-", "pytest-console", 12)
    for command in (("extract",), ("group",), ("rules", "match")):
        stdin(monkeypatch, data)
        assert triage(*command, "-", "--json").code == 0


def test_nothing_on_standard_input(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"")
    done = triage("ingest", "-", WAREHOUSE, "--json")
    assert done.code == 2
    assert done.err.startswith("triage: -: empty file; ")
    assert [run["source"] for run in done.json["runs"]] == [str(WAREHOUSE)]


def test_the_same_file_twice_in_one_call(triage: Call, tmp_path: Path) -> None:
    """By another name, in a directory, in an archive: the bytes count."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "copy.xml").write_bytes(API.read_bytes())
    (tmp_path / "packed.xml.gz").write_bytes(gzip.compress(API.read_bytes()))
    done = triage("ingest", API, API, tmp_path / "results", tmp_path / "packed.xml.gz", "--json")
    assert done.code == 0
    assert [run["known"] for run in done.json["runs"]] == [False, True, True, True]
    assert len({run["id"] for run in done.json["runs"]}) == 1
    assert len({str(run["totals"]) for run in done.json["runs"]}) == 1
    assert done.err == "triage: 3 of 4 sources were ingested before, nothing changed of them\n"
    assert len(triage("runs", "--json").json["runs"]) == 1
    told = triage("ingest", API)
    assert told.code == 0 and told.out.startswith("0 of 1 source new: 0 tests, 0 failures, 0 new clusters")
    assert told.err == f"triage: {API}: was ingested before, nothing changed\n"


def test_a_cut_report_gives_what_was_complete(triage: Call, tmp_path: Path) -> None:
    cut = tmp_path / "cut.xml"
    cut.write_text(CUT)
    for command in ("parse", "ingest"):
        done = triage(command, cut, "--json")
        assert done.code == 0
        [run] = done.json["runs"]
        assert (run["totals"]["tests"], run["totals"]["passed"], run["totals"]["failed"]) == (2, 1, 1)
        assert [warning["line"] for warning in run["warnings"]] == [5]
        assert "what was complete up to here was read" in run["warnings"][0]["text"]
    assert f"triage: {cut}:5: broken XML" in triage("parse", cut).err
    assert "the pump ran dry" in triage("clusters").out


def test_numbers_that_are_none_are_null(triage: Call, tmp_path: Path) -> None:
    odd = tmp_path / "odd.xml"
    odd.write_text(
        '<testsuite name="s" time="nan"><testcase name="a" time="inf"/><testcase name="b" time="1e999"/>'
        '<testcase name="c" time="x"><failure message="the pump ran dry"/></testcase></testsuite>'
    )
    [run] = strictly(triage("parse", odd, "--json"))["runs"]
    assert [case["duration"] for case in run["cases"]] == [None, None, None]
    assert triage("ingest", odd).code == 0
    assert strictly(triage("runs", "--json"))["runs"][0]["duration"] is None


def test_show_wants_one_cluster(triage: Call) -> None:
    triage("ingest", API)
    rows = triage("clusters", "--json").json["clusters"]
    for row in rows:
        shown = strictly(triage("show", row["id"], "--json"))
        assert {key: shown[key] for key in row} == row
        assert {member["test"] for member in shown["members"]} and len(shown["explanation"]) == len(
            shown["variants"]
        )
        assert (shown["evidence"], shown["investigation"]) == ([], None)
    assert len(rows) > 1
    for prefix in ("", "zzzz", "'"):
        done = triage("show", prefix)
        assert (done.code, done.out) == (2, "")
        assert "see 'triage clusters'" in done.err


def test_an_exported_document_is_alone_on_stdout(triage: Call) -> None:
    triage("ingest", API)
    cluster = triage("clusters", "--json").json["clusters"][0]
    document = strictly(triage("export", cluster["id"], "--format", "json"))
    assert document["cluster"]["id"] == cluster["id"]
    assert triage("export", cluster["id"]).out.startswith("# ")
    assert triage("export", cluster["id"], "--format", "html").out.lower().startswith("<!doctype html>")


def test_an_answer_for_each_line(triage: Call, texts: Path) -> None:
    """Empty lines and the last one without an end included: scripts go by the position."""
    grouped = strictly(triage("group", texts, "--json"))
    assert grouped["groups"] == [0, 1, 2, 2]
    assert len(grouped["templates"]) == 3
    assert grouped["templates"][2] == "it rained on <num> days"
    matches = strictly(triage("rules", "match", texts, "--json"))["matches"]
    assert [match["rule"] if match else None for match in matches] == [
        "http-429-rate-limit",
        None,
        None,
        None,
    ]
    assert matches[0]["category"]
    assert 0 < matches[0]["score"] <= 100


def test_extract_most_telling_first(triage: Call, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("start\nERROR: no key\nfine\nKeyError: 'pump'\nfine\n\nERROR: no key\nexit code 3\n")
    lines = strictly(triage("extract", log, "--json"))["lines"]
    assert [line["line"] for line in lines] == [4, 2, 7]
    assert [line["score"] for line in lines] == sorted((line["score"] for line in lines), reverse=True)
    assert lines[0]["failure"] != lines[1]["failure"] == lines[2]["failure"]
    assert "ERROR" not in triage("extract", log, "-n", 1).out
    nothing = triage("extract", log, "--baseline", log, "--json")
    assert (nothing.code, strictly(nothing)) == (0, {"lines": []})
    missing = triage("extract", log, "--baseline", tmp_path / "none")
    assert missing.code == 2 and "none: no such file" in missing.err


def test_extract_compares_with_the_last_run_of_the_job_that_passed(triage: Call, tmp_path: Path) -> None:
    known = "start {n}\nERROR: cannot reach the cache, going on without\nready\n"
    (tmp_path / "build-17.log").write_text(known.format(n=1) + "Finished: SUCCESS\n")
    (tmp_path / "deploy-17.log").write_text("ERROR: no key\nFinished: SUCCESS\n")
    (tmp_path / "build-18.log").write_text(known.format(n=2) + "ERROR: no key\nFinished: FAILURE\n")
    failed = tmp_path / "build-18.log"
    alone = strictly(triage("extract", failed, "--json"))["lines"]
    assert [line["line"] for line in alone] == [2, 4]
    triage("ingest", tmp_path)
    found = triage("extract", failed, "--json")
    assert [line["line"] for line in strictly(found)["lines"]] == [4]
    assert "build-17.log, the last run of this job that passed" in found.err


def test_rules_say_no_with_one(triage: Call, tmp_path: Path) -> None:
    rule = (
        "rules:\n  - id: a\n    title: A\n    category: infra\n    match: {any: [{phrase: pump ran dry}]}\n"
    )
    good, lying, wrong = (tmp_path / name for name in ("good.yaml", "lying.yaml", "wrong.yaml"))
    good.write_text(rule + "    examples: {match: [the pump ran dry], no_match: [it rained]}\n")
    lying.write_text(rule + "    examples: {match: [it rained]}\n")
    wrong.write_text(rule.replace("title: A", "title: [A]"))

    checked = triage("rules", "check", good, "--json")
    assert (checked.code, strictly(checked)) == (0, {"rules": 1, "errors": []})
    checked = triage("rules", "check", wrong, "--json")
    assert checked.code == 1
    assert strictly(checked)["errors"][0].startswith(f"{wrong}:3:")

    tested = triage("rules", "test", good, "--json")
    assert (tested.code, strictly(tested)["failed"]) == (0, [])
    assert strictly(tested)["examples"] == 2
    tested = triage("rules", "test", lying, "--json")
    assert tested.code == 1
    [failed] = strictly(tested)["failed"]
    assert (failed["rule"], failed["file"], failed["line"], failed["text"]) == (
        "a",
        str(lying),
        2,
        "it rained",
    )
    assert f"{lying}:2: a: " in triage("rules", "test", lying).err


def test_rules_explain_who_wins_and_who_came_near(triage: Call) -> None:
    document = strictly(triage("rules", "explain", "HTTP 429 Too Many Requests", "--json"))
    assert document["text"] == "HTTP 429 Too Many Requests"
    assert [rule["rule"] for rule in document["rules"] if rule["wins"]] == ["http-429-rate-limit"]
    winner = next(rule for rule in document["rules"] if rule["wins"])
    assert winner["matches"] and any(condition["hit"] for condition in winner["conditions"])
    nobody = strictly(triage("rules", "explain", "zzz", "-n", 2, "--json"))
    assert [(rule["matches"], rule["wins"]) for rule in nobody["rules"]] == [(False, False)] * 2


class _Limiter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        allowed = self.headers.get("X-Key") == "open"
        self.send_response_only(200 if allowed else 429)
        self.send_header("Content-Length", "0")
        self.send_header("Retry-After", "58")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(_Limiter) as address:
        yield address


def test_probe(triage: Call, limiter: str, tmp_path: Path) -> None:
    done = triage("probe", limiter, "-n", 3, "--json")
    assert done.code == 0
    document = strictly(done)
    assert (document["url"], document["requests"], document["statuses"]) == (limiter, 3, [[429, 3]])
    assert document["headers"] == [["retry-after", "58"]]
    assert not (tmp_path / "triage.db").exists(), "nothing is kept that nobody asked to keep"
    assert strictly(triage("probe", limiter, "-H", "X-Key: open", "--json"))["statuses"] == [[200, 1]]

    triage("ingest", API)
    cluster = triage("clusters", "--json").json["clusters"][0]["id"]
    address = limiter.replace("://", "://bob:hunter2@")
    assert triage("probe", address, "--cluster", cluster[:6]).code == 0
    [evidence] = triage("show", cluster, "--json").json["evidence"]
    assert "1 x HTTP 429; retry-after: 58" in evidence["text"]
    assert evidence["source"] == "probe"
    assert "hunter2" not in json.dumps(evidence)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-n", "51"), "1 to 50 requests, not 51"),
        (("-H", "no colon"), "a header is written as 'NAME: VALUE'"),
        (("--cluster", "ffff"), "ffff: no cluster has an id that begins so"),
    ],
)
def test_a_probe_that_cannot_be_made(triage: Call, options: tuple[str, ...], told: str) -> None:
    done = triage("probe", "http://127.0.0.1:9/", *options)
    assert (done.code, done.out) == (2, "")
    [line] = done.err.strip().split("\n")
    assert line.startswith("triage: ") and told in line


def test_the_option_is_stronger_than_the_environment(triage: Call, tmp_path: Path) -> None:
    triage("ingest", WAREHOUSE)
    other = tmp_path / "new" / "folder" / "other.db"
    assert triage("ingest", API, "--db", other).code == 0
    assert [run["source"] for run in triage("runs", "--db", other, "--json").json["runs"]] == [str(API)]
    assert len(triage("runs", "--json").json["runs"]) == 1


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"])
def test_no_colour_where_there_is_no_terminal(
    triage: Call, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """CI systems set FORCE_COLOR for the test runners; what reads this program's pipe is still a script."""
    monkeypatch.setenv(variable, "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    colourful = FRESH / "pytest" / "console-color.txt"
    assert triage("ingest", colourful, API).code == 0
    cluster = triage("clusters", "--json").json["clusters"][0]["id"]
    for call in (("parse", colourful), ("clusters",), ("show", cluster), ("runs",), (), ("--help",)):
        done = triage(*call)
        assert done.out
        assert "\x1b" not in done.out + done.err, call


@pytest.mark.parametrize("call", [("runs", "--json"), ("--help",)])
def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path, call: tuple[str, ...]) -> None:
    """``triage runs | head -1`` under ``set -o pipefail``: 1 would mean that the answer is no."""
    environment = os.environ | {"TRIAGE_DB": str(tmp_path / "triage.db")}
    with subprocess.Popen(
        [sys.executable, "-m", "triage", *call],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        told = running.stderr.read()
    assert (running.returncode, told) == (0, b"")


def test_a_member_of_an_archive_keeps_its_name(triage: Call, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("unit/r.xml", API.read_bytes())
        archive.writestr("e2e/r.xml", API.read_bytes().replace(b"test_", b"check_"))
    triage("ingest", tmp_path / "a.zip")
    sources = {run["source"] for run in triage("runs", "--json").json["runs"]}
    assert sources == {f"{tmp_path}/a.zip!unit/r.xml", f"{tmp_path}/a.zip!e2e/r.xml"}


def test_a_name_that_occurs_several_times_keeps_all_its_values(triage: Call, tmp_path: Path) -> None:
    report = tmp_path / "tags.xml"
    report.write_text(
        '<testsuite name="s" tests="1" failures="0"><testcase classname="a.T" name="t"><properties>'
        '<property name="tag" value="smoke"/><property name="tag" value="api"/><property name="tag" value="nightly"/>'
        '<property name="owner" value="bob"/></properties>'
        "<system-out>[[ATTACHMENT|one.png]]\n[[ATTACHMENT|two.png]]</system-out></testcase></testsuite>"
    )
    [run] = triage("parse", report, "--json").json["runs"]
    assert run["cases"][0]["properties"] == {
        "tag": ["smoke", "api", "nightly"],
        "owner": "bob",
        "attachment": ["one.png", "two.png"],
    }
