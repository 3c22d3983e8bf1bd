"""The contract of the command line: the commands, what they print, how they exit."""

from __future__ import annotations

import gzip
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.conftest import FRESH, SAMPLES
from triage.ingest import IngestError, Source
from triage.model import CaseResult, Outcome
from triage.store import open_store
from triage.store.filters import save_filter

API = SAMPLES / "nightly-1-api.xml"
WAREHOUSE = SAMPLES / "nightly-2-warehouse.txt"
TOTALS = {"tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "flaky"}


def test_parse_needs_no_database(triage: Call, tmp_path: Path) -> None:
    done = triage("parse", WAREHOUSE, "--json")
    assert done.code == 0
    [run] = done.json["runs"]
    assert (run["source"], run["format"]) == (str(WAREHOUSE), "pytest-console")
    assert run["totals"].keys() == TOTALS
    assert (run["totals"]["tests"], run["totals"]["errors"]) == (12, 10)
    case = next(case for case in run["cases"] if case["outcome"] == "error")
    assert {"id", "name", "suite", "file", "outcome", "duration", "attempts", "failures"} <= case.keys()
    assert {"kind", "type", "message", "trace", "file", "line"} <= case["failures"][0].keys()
    assert case["failures"][0]["type"] == "ConnectionRefusedError"
    assert not (tmp_path / "triage.db").exists()


def test_ingest_then_look(triage: Call) -> None:
    first = triage("ingest", SAMPLES, "--json")
    assert first.code == 0
    assert len(first.json["runs"]) == 11
    assert first.json["clusters"]["new"] > 10
    assert all(run["totals"].keys() == TOTALS and run["id"] for run in first.json["runs"])

    again = triage("ingest", SAMPLES, "--json")
    assert again.code == 0
    assert all(run["known"] for run in again.json["runs"])
    assert again.json["clusters"]["new"] == 0
    assert again.err == "triage: 11 of 11 sources were ingested before, nothing changed of them\n"

    clusters = triage("clusters", "--json").json["clusters"]
    assert len(clusters) == first.json["clusters"]["new"]
    keys = [
        "id",
        "title",
        "template",
        "rule",
        "category",
        "verdict",
        "status",
        "tests",
        "failures",
        "runs",
        "first_seen",
        "last_seen",
        "new",
    ]
    assert all(set(keys) <= cluster.keys() for cluster in clusters)
    assert [c["tests"] for c in clusters] == sorted((c["tests"] for c in clusters), reverse=True)
    assert clusters[0]["title"] == "HTTP 429: rate limit"

    shown = triage("show", clusters[0]["id"][:6], "--json").json
    assert {"members", "variants", "explanation", "evidence"} <= shown.keys()
    assert len({member["test"] for member in shown["members"]}) == clusters[0]["tests"]
    assert "http-429-rate-limit" in shown["explanation"][0]["text"]
    assert "Does the client wait the 58 s that the answer asks for?" in shown["advice"]["questions"]

    runs = triage("runs", "--json").json["runs"]
    assert {run["source"] for run in runs} == {run["source"] for run in first.json["runs"]}
    hits = triage("search", "platinum", "--json").json["hits"]
    assert hits and all("platinum" in hit["text"].lower() for hit in hits)


def test_plain_output_has_the_same_figures(triage: Call) -> None:
    told = triage("ingest", SAMPLES)
    assert "11 of 11 sources new" in told.out
    summary = triage(SAMPLES)
    assert summary.code == 0
    assert "27 clusters" in summary.out
    assert "HTTP 429: rate limit" in triage("clusters").out
    assert "http-429-rate-limit" in triage("show", "b6b6").out
    assert "nightly-1-api.xml" in triage("runs").out
    assert "\x1b" not in summary.out


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_export(triage: Call, tmp_path: Path, form: str) -> None:
    triage("ingest", API)
    on_stdout = triage("export", "b6b6", "--format", form)
    assert on_stdout.code == 0
    assert "HTTP 429" in on_stdout.out
    file = tmp_path / f"postmortem.{form}"
    assert triage("export", "b6b6", "--format", form, "-o", file).code == 0
    assert file.read_text("utf-8") == on_stdout.out
    by_suffix = tmp_path / f"again.{form}"
    assert triage("export", "b6b6", "-o", by_suffix).code == 0
    assert by_suffix.read_text("utf-8") == on_stdout.out
    assert triage("export", "b6b6", "--format", "md", "-o", tmp_path / f"other.{form}").code == 0
    assert (tmp_path / f"other.{form}").read_text("utf-8").startswith("# ")


def test_export_overwrites_nothing_unasked(triage: Call, tmp_path: Path) -> None:
    triage("ingest", API)
    file = tmp_path / "postmortem.md"
    file.write_text("months of work")
    done = triage("export", "b6b6", "-o", file)
    assert done.code == 2
    assert done.err == f"triage: {file}: is there already; name another file, or overwrite it with --force\n"
    assert file.read_text() == "months of work"
    assert triage("export", "b6b6", "-o", file, "--force").code == 0
    assert file.read_text().startswith("# ")


def test_export_into_a_directory_that_is_not_there(triage: Call, tmp_path: Path) -> None:
    triage("ingest", API)
    done = triage("export", "b6b6", "-o", tmp_path / "no" / "where.md")
    assert done.code == 2
    assert "where.md" in done.err and "Traceback" not in done.err


def test_export_writes_no_form_that_the_name_does_not_say(triage: Call, tmp_path: Path) -> None:
    triage("ingest", API)
    done = triage("export", "b6b6", "-o", tmp_path / "up.pdf")
    assert done.code == 2
    assert (
        done.err == f"triage: {tmp_path}/up.pdf: .pdf is not written; name a file of one of: md, html, json\n"
    )
    assert triage("export", "b6b6", "-o", tmp_path / "page.htm").code == 0
    assert (tmp_path / "page.htm").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.glob("[pu][ap]*")] == ["page.htm"]


def test_extract(triage: Call, tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    log.write_text("starting\n0 errors so far\nERROR: disk quota exceeded on /srv\nmake: *** [all] Error 2\n")
    lines = triage("extract", log, "--json").json["lines"]
    assert lines[0]["line"] == 3
    assert {"line", "score", "failure"} <= lines[0].keys()
    assert 2 not in [line["line"] for line in lines]
    passing = tmp_path / "passing.log"
    passing.write_text("starting\n0 errors so far\nERROR: disk quota exceeded on /srv\n")
    lines = triage("extract", log, "--baseline", passing, "--json").json["lines"]
    assert lines[0]["line"] == 4


def test_group_and_match(triage: Call, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("user 17 not found\nHTTP 429 Too Many Requests\nuser 4 not found\nit rained\n")
    grouped = triage("group", texts, "--json").json
    assert grouped["groups"][0] == grouped["groups"][2] != grouped["groups"][3]
    assert len(grouped["templates"]) == len(set(grouped["groups"]))
    matches = triage("rules", "match", texts, "--json").json["matches"]
    assert [match and match["rule"] for match in matches] == [None, "http-429-rate-limit", None, None]
    assert {"rule", "category", "score"} <= matches[1].keys()


def test_a_word_that_varies_freely_is_shown_as_a_hole(triage: Call, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    names = ["Alice", "bob", "carol", "dave", "eve", "eve"]
    texts.write_text("".join(f"no such customer '{name}' in shop {len(name)}\n" for name in names))
    grouped = triage("group", texts, "--json").json
    assert grouped["templates"] == ["no such customer '<word>' in shop <num>"]
    [[customer, shop]] = grouped["holes"]
    assert (customer["kind"], customer["different"], customer["values"][0]) == ("word", 5, ["eve", 2])
    assert (shop["kind"], shop["values"]) == ("num", [["3", 3], ["5", 2], ["4", 1]])
    assert "'<word>' in shop <num>" in triage("group", texts).out


def test_rules(triage: Call, tmp_path: Path) -> None:
    assert triage("rules", "check").code == 0
    assert triage("rules", "test", "--json").code == 0
    why = triage("rules", "explain", "Rate limit exceeded")
    assert why.code == 0
    assert "http-429-rate-limit" in why.out
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("rules:\n  - id: a\n    title: A\n    categry: infra\n    match: {any: [{phrase: x}]}\n")
    checked = triage("rules", "check", wrong)
    assert checked.code == 1
    assert f"{wrong}:4:5: unknown key 'categry'; did you mean 'category'?" in checked.err
    wrong.write_text(
        "rules:\n  - id: a\n    title: A\n    category: infra\n    match: {any: [{phrase: pump ran dry}]}\n"
        "    examples: {match: [something else]}\n"
    )
    assert triage("rules", "test", wrong).code == 1


def test_standard_input(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(API.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin)
    [run] = triage("parse", "-", "--json").json["runs"]
    assert (run["source"], run["format"]) == ("-", "junit-xml")


def test_archives_globs_and_directories(triage: Call, tmp_path: Path) -> None:
    data = API.read_bytes()
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(data))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../results/api.xml", data)
        archive.writestr("notes.bin", b"\x00\x01\x02" * 100)
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as tar:
        tar.add(API, "deep/er/api.xml")
    wanted = {"a.xml.gz", "b.zip!../../results/api.xml", "c.tar.gz!deep/er/api.xml"}
    for name in (tmp_path, f"{tmp_path}/*[.]*"):
        runs = triage("parse", name, "--json").json["runs"]
        assert {run["source"].rpartition(f"{tmp_path.name}/")[2] for run in runs} == wanted
        assert len({str(run["totals"]) for run in runs}) == 1
    assert not (tmp_path.parent / "results").exists()


def test_db_before_or_after_the_command(triage: Call, tmp_path: Path) -> None:
    store = tmp_path / "other.db"
    assert triage("--db", store, "ingest", API).code == 0
    assert store.exists()
    for call in (("clusters", "--db", store), ("--db", store, "clusters"), (f"--db={store}", "clusters")):
        assert triage(*call, "--json").json["clusters"]
    assert triage("clusters", "--json").json["clusters"] == []


def test_every_command_explains_itself(triage: Call) -> None:
    top = triage("--help").out
    for command in [
        "parse",
        "ingest",
        "clusters",
        "show",
        "runs",
        "search",
        "export",
        "extract",
        "group",
        "rules",
        "probe",
    ]:
        assert f"\n  {command}" in top
        done = triage(command, "--help")
        assert done.code == 0 and done.out.startswith(f"Usage: triage {command}")
    assert triage("--version").out.startswith("triage")


def test_text_from_a_log_never_reaches_the_terminal_as_code(triage: Call, tmp_path: Path) -> None:
    log = tmp_path / "evil.log"
    log.write_bytes(
        b"ERROR: \x1b]0;pwned\x07 \x1b[31m[bold]red[/bold] \x9b2J \xe2\x80\xaeoverride \x00 nul\n"
    )
    triage("ingest", log)
    for call in (("parse", log), ("clusters",), ("runs",), ("search", "ERROR"), ("extract", log)):
        out = triage(*call).out
        assert not any(
            (ord(ch) < 32 and ch not in "\n\t") or 0x7F <= ord(ch) < 0xA0 or ch == "\u202e" for ch in out
        )
    assert "red[/bold]" in triage("parse", log).out


def test_recorded_archive_is_seen_through(triage: Call) -> None:
    plain, packed = FRESH / "pytest" / "junit-xunit2.xml", FRESH / "derived" / "junit.xml.gz"
    a, b = (triage("parse", path, "--json").json["runs"][0]["totals"] for path in (plain, packed))
    assert a["tests"] > 0 and b["tests"] > 0


def test_two_descriptions_of_one_run_are_counted_once(triage: Call) -> None:
    files = (FRESH / "pytest" / "junit-xunit2.xml", FRESH / "pytest" / "console-ci.txt")
    told = triage("ingest", *files)
    assert "2 of 2 sources new (1 of them describe the same runs): 47 tests" in told.out
    assert "(the same as 1)" in triage("runs").out
    assert triage().out.startswith("1 run, 47 tests")
    assert [run["same_as"] for run in triage("ingest", *files, "--json").json["runs"]] == [None, 1]


def test_parse_tells_the_frames_of_a_failure(triage: Call) -> None:
    [run] = triage("parse", FRESH / "pytest" / "console-tb-native.txt", "--json").json["runs"]
    found = [frame for case in run["cases"] for failure in case["failures"] for frame in failure["frames"]]
    assert {"file", "line", "function", "own"} == set(found[0])
    assert {frame["own"] for frame in found} == {True, False}
    assert any(frame["function"].startswith("test_") for frame in found)


def test_parse_prints_thousands_of_failures_and_says_how_many_more(triage: Call, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    failed = "".join(f'<testcase name="t{at}"><failure message="broke"/></testcase>' for at in range(2_003))
    report.write_text(f"<testsuite>{failed}</testsuite>")
    said = triage("parse", report).out
    assert re.search(r"2\W003 failed", said) and "t1999" in said and "t2000" not in said
    assert "and 3 failures more" in said
    [run] = triage("parse", report, "--json").json["runs"]
    assert [len(case["failures"]) for case in run["cases"]] == [1] * 2_003


def test_parse_leaves_nothing_of_a_source_that_breaks(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tmp_path / "whole.xml"
    whole.write_text('<testsuite><testcase name="t"/></testsuite>')

    def read(source: Source) -> tuple[str, Iterator[CaseResult]]:
        def cases() -> Iterator[CaseResult]:
            yield CaseResult("first", Outcome.PASSED)
            raise IngestError("the disk went away")

        return "junit-xml", cases()

    document = triage("parse", whole, whole, "--json").json
    assert [len(run["cases"]) for run in document["runs"]] == [1, 1]
    monkeypatch.setattr("triage.cli.parse.read", read)
    result = triage("parse", whole, "--json")
    assert result.code == 2 and result.json == {"runs": [], "errors": ["the disk went away"]}


def test_a_saved_filter_is_known_by_its_name(triage: Call, tmp_path: Path) -> None:
    triage("ingest", API, WAREHOUSE)
    with closing(open_store(tmp_path / "triage.db")) as db:
        save_filter(db, "infra", "category:infra")
    assert triage("clusters", "@infra", "--json").out == triage("clusters", "category:infra", "--json").out
    wrong = triage("clusters", "@infar")
    assert wrong.code == 2 and "@infar: no saved filter has this name; did you mean @infra?" in wrong.err


def test_clusters_are_merged_and_told_apart_again(triage: Call) -> None:
    triage("ingest", API, WAREHOUSE)
    first, second = [row["id"] for row in triage("clusters", "--json").json["clusters"]][:2]
    assert triage("merge", first[:6], second[:6]).code == 0
    assert second not in [row["id"] for row in triage("clusters", "--json").json["clusters"]]
    assert "no longer merged" in triage("undo").out
    assert triage("apart", first, second).code == 0
    refused = triage("merge", first, second)
    assert refused.code == 2 and "kept apart" in refused.err
    assert triage("apart", first, second, "--undo").code == 0
    assert triage("merge", first, second).code == 0
    assert triage("undo").code == triage("undo").code == triage("undo").code == 0
    nothing = triage("undo")
    assert nothing.code == 2 and "nothing to take back" in nothing.err
    assert "no variant" in triage("split", first, "zz").err


def test_what_is_so_already_is_no_act_and_says_so(triage: Call) -> None:
    """So that the next undo takes back what the person decided before."""
    triage("ingest", API, WAREHOUSE)
    one, other, third = [row["id"] for row in triage("clusters", "--json").json["clusters"]][:3]
    [variant] = [kind["signature"] for kind in triage("show", other, "--json").json["variants"]]
    variants = [kind["signature"] for kind in triage("show", one, "--json").json["variants"]]
    assert "stay apart" in triage("apart", other, third).out
    split = triage("split", one, variants[0])
    assert "'triage undo' takes it back" in split.out
    for call in (
        ("merge", one, one),
        ("apart", one, one),
        ("apart", third, other),
        ("apart", "--undo", one, other),
        ("split", other, variant),
        ("split", one, variants[0]),
    ):
        done = triage(*call)
        assert (done.code, done.err) == (0, ""), call
        assert done.out.startswith("nothing to do: ") and done.out.count("\n") == 1, call
    assert split.out.split()[0] in triage("undo").out
    assert "may be merged again" in triage("undo").out
    assert triage("undo").code == 2


def test_the_id_of_what_was_merged_leads_to_where_it_went(triage: Call, tmp_path: Path) -> None:
    triage("ingest", API, WAREHOUSE)
    one, other, third = [row["id"] for row in triage("clusters", "--json").json["clusters"]][:3]
    triage("merge", one, other)
    triage("merge", third, one)
    told = f"triage: {other[:6]} was merged into {third[:8]}\n"
    by_now = triage("show", third, "--json")
    found = triage("show", other[:6], "--json")
    assert (found.code, found.out, found.err) == (0, by_now.out, told)
    assert triage("show", third.upper()).out == triage("show", third).out
    assert triage("export", other[:6].upper(), "--format", "json").json["cluster"]["id"] == third
    assert triage("merge", other[:6], one).out.startswith("nothing to do")
    assert [row["id"] for row in triage("clusters", f"id:{other[:6]}", "--json").json["clusters"]] == [third]
    rules = triage("rules", "explain", other[:6], "--json").out
    assert rules == triage("rules", "explain", third.upper()[:8], "--json").out != ""
    triage("undo")
    assert triage("show", other).err == f"triage: {other} was merged into {one[:8]}\n"
    triage("undo")
    assert triage("show", other).err == ""


def test_an_id_that_leads_to_two_clusters_is_none(triage: Call, tmp_path: Path) -> None:
    """Also where one of them was merged."""
    texts = "".join(
        f'<testcase name="t{n}"><failure message="the {n}th lamp {"x" * n}"/></testcase>' for n in range(40)
    )
    report = tmp_path / "r.xml"
    report.write_text(f'<testsuite name="s">{texts}</testsuite>')
    triage("ingest", report)
    ids = sorted(row["id"] for row in triage("clusters", "--json").json["clusters"])
    one = next(first for first, second in pairwise(ids) if first[0] == second[0])
    into = next(id_ for id_ in ids if id_[0] != one[0])
    triage("merge", into, one)
    done = triage("show", one[0])
    assert done.code == 2 and "several clusters begin so" in done.err
    triage("merge", into, *(id_ for id_ in ids if id_[0] == one[0] and id_ != one))
    assert triage("show", one[0]).out == triage("show", into).out


def test_a_cluster_is_renamed_and_called_as_before_again(triage: Call) -> None:
    triage("ingest", WAREHOUSE)
    [row] = triage("clusters", "--json").json["clusters"]
    done = triage("rename", row["id"][:6], "the  replica", "is\x1b[31m off")
    assert done.code == 0 and "'triage undo' takes it back" in done.out and "\x1b" not in done.out
    assert triage("show", row["id"], "--json").json["title"] == "the replica is\x1b[31m off"
    assert triage("rename", row["id"], "the replica is\x1b[31m off").out.startswith("nothing to do")
    assert f"is called {row['title']} again" in triage("undo").out
    assert triage("show", row["id"], "--json").json["title"] == row["title"]
    for call in (("rename", row["id"], " "), ("rename", row["id"]), ("rename", "zz", "x")):
        refused = triage(*call)
        assert (refused.code, refused.out) == (2, ""), call
    assert triage("show", row["id"], "--json").json["title"] == row["title"]
