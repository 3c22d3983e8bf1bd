"""What is said of what was read: in words, of each source, and not more often than needed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.cli.conftest import Call
from tests.conftest import SAMPLES
from triage.analysis.explain import by_words, explain
from triage.cli import output, summary
from triage.export.report import gather
from triage.rules import load_engine
from triage.store import open_store
from triage.store.clusters import clusters
from triage.tui import texts

API = SAMPLES / "nightly-1-api.xml"
FINE = "all is well\nnothing to see\n"


def test_a_pipe_is_told_what_was_read_before_the_database(
    triage: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage("ingest", SAMPLES)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FINE.encode())))
    first, second, *_ = triage("-").out.split("\n")
    assert first == "-: log, nothing in it sounds like a failure"
    assert second.startswith("in the database: 12 runs, 354 tests: ")


def test_many_sources_are_not_all_listed(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "_MOST_SOURCES", 3)
    lines = triage(SAMPLES).out.split("\n")
    assert lines[3] == "and 8 sources more; 'triage runs' has all of them"
    assert lines[4].startswith("in the database: 11 runs")


def test_a_log_without_a_failure_is_told_in_words(triage: Call, tmp_path: Path) -> None:
    log = tmp_path / "fine.log"
    log.write_text(FINE)
    assert triage("parse", log).out == f"{log}: log, nothing in it sounds like a failure\n"
    assert triage("ingest", log).out == "1 of 1 source new: nothing in it sounds like a failure\n"
    log.write_text("ERROR: the pump ran dry\n")
    assert triage("parse", log).out.startswith(f"{log}: log, 1 failure\n")
    assert triage("ingest", log).out == "1 of 1 source new: 0 tests, 1 failure, 1 new cluster, 0 known\n"
    assert triage(log).out.startswith(f"{log}: log, 1 failure (ingested before)\n")


def test_what_cannot_be_read_stands_last(triage: Call, tmp_path: Path) -> None:
    triage("ingest", SAMPLES)
    done = triage("ingest", tmp_path / "missing.xml", SAMPLES)
    assert done.code == 2
    assert [line.partition(";")[0] for line in done.err.splitlines()] == [
        f"triage: {tmp_path}/missing.xml: no such file or directory",
        "triage: 11 of 11 sources were ingested before, nothing changed of them",
    ]


def test_one_of_a_thing_is_no_plural(triage: Call, tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_text('<testsuite><testcase name="t"><error message="broke"/></testcase></testsuite>')
    told = [triage("parse", report).out, triage("ingest", report).out, triage(report).out]
    told += [triage("rules", "check", _rule(tmp_path)).out, triage("rules", "test", _rule(tmp_path)).out]
    assert "1 test: 0 passed, 0 failed, 1 error," in told[0]
    assert "1 failure, 1 new cluster" in told[1]
    assert "1 error" in told[2]
    assert (told[3], told[4]) == ("1 rule, 0 errors\n", "1 rule, 1 example, 0 failed\n")
    assert not [
        text for text in told for plural in ("1 errors", "1 tests", "1 runs", "1 clusters") if plural in text
    ]


def _rule(directory: Path) -> Path:
    path = directory / "rule.yaml"
    path.write_text(
        "rules:\n  - id: a\n    title: A\n    category: infra\n    match: {any: [{phrase: pump ran dry}]}\n"
        "    examples: {match: [the pump ran dry]}\n"
    )
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("command", [("parse",), ("ingest",), ("extract",), ()])
def test_a_named_pipe_is_read(triage: Call, tmp_path: Path, command: tuple[str, ...]) -> None:
    """``triage parse <(command)``."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(API.read_bytes()), daemon=True)
    writer.start()
    done = triage(*command, pipe)
    writer.join(5)
    assert (done.code, done.err) == (0, "")
    assert "Too Many Requests" in done.out or "43 failed" in done.out or "43 failures" in done.out


def test_nothing_found_is_a_no(triage: Call, tmp_path: Path) -> None:
    assert triage("search", "unheard-of").out == "nothing found\n"
    triage("ingest", SAMPLES)
    assert triage("search", "429").code == 0
    done = triage("search", "unheard-of")
    assert (done.code, done.out, done.err) == (1, "nothing found\n", "")
    done = triage("search", "unheard-of", "--json")
    assert (done.code, done.json) == (1, {"hits": []})
    log = tmp_path / "fine.log"
    log.write_text(FINE)
    assert triage("extract", log).out == "nothing in it sounds like a failure\n"
    assert triage("extract", log, "--baseline", log).out == "nothing in it that a passing log does not have\n"
    assert triage("rules", "explain", "it rained").out.startswith("no rule matches; the nearest are\n")
    assert "no rule matches" not in triage("rules", "explain", "HTTP 429 Too Many Requests").out


def test_what_several_failures_say_is_found_once(triage: Call) -> None:
    triage("ingest", SAMPLES)
    hits = triage("search", "429", "--json").json["hits"]
    assert len({(hit["cluster"], hit["kind"], hit["text"]) for hit in hits}) == len(hits)
    assert max(hit["times"] for hit in hits) > 10
    tests = {member["test"] for member in triage("show", "b6b6", "--json").json["members"]}
    assert all(hit["where"] in tests for hit in hits if hit["cluster"].startswith("b6b6"))
    outside = (
        triage("search", "NullPointerException", "--json").json["hits"]
        or triage("search", "backend", "--json").json["hits"]
    )
    assert all(hit["where"] for hit in outside)


def test_which_cluster_is_meant(triage: Call) -> None:
    triage("ingest", SAMPLES)
    ids = [row["id"] for row in triage("clusters", "--json").json["clusters"]]
    letter = next(id_[0] for id_ in ids if sum(other[0] == id_[0] for other in ids) > 1)
    several = sorted(id_ for id_ in ids if id_.startswith(letter))
    assert triage("show", "").err == "triage: an empty text is no id of a cluster; see 'triage clusters'\n"
    assert triage("show", "nope").err == (
        "triage: nope: no cluster has an id that begins so; see 'triage clusters'\n"
    )
    told = triage("show", letter).err
    assert told.startswith(f"triage: {letter}: several clusters begin so: {several[0]}, {several[1]}")


def test_a_run_without_a_date_is_marked(triage: Call) -> None:
    triage("ingest", SAMPLES)
    dated = {run["source"]: run["started"] for run in triage("runs", "--json").json["runs"]}
    lines = [line for line in triage("runs").out.splitlines() if str(SAMPLES) in line]
    assert len(lines) == len(dated) and not all(dated.values())
    for line in lines:
        [started] = [at for source, at in dated.items() if line.rstrip().endswith(source)]
        assert (" read 20" in line) == (started is None)


def test_show_says_why_in_the_words_of_the_screen(triage: Call, tmp_path: Path) -> None:
    triage("ingest", SAMPLES)
    shown = triage("show", "b6b6").out
    why = shown.partition("\nwhy grouped\n")[2].partition("\n\n")[0]
    assert why.startswith("  the rule http-429-rate-limit names it by its pattern ")
    told = triage("show", "b6b6", "--json").json["explanation"]
    with closing(open_store(tmp_path / "triage.db")) as db:
        found = gather(db, next(row for row in clusters(db) if row.id.startswith("b6b6")))
        others, engine = clusters(db), load_engine()[0]
        told_apart = by_words(found.variants, found.members)
        reasons = [explain(found.cluster, alike, variant, others, engine) for variant, alike in told_apart]
    screen = texts.reasons(reasons).plain
    for reason in reasons:
        for name, said in reason.lines:
            assert f"    {name}: {said}\n" in f"{why}\n"
            assert f" {name} " in screen and said in screen
    assert "    status: always 429\n    raised in: always helpers.py" in why
    assert "\n    score: 100.0, needed 100\n    nearest other: score " in why
    assert [(one["threshold"], one["looked_at"] == one["failures"]) for one in told] == [(100, True)] * 3
    [waited] = told[1]["holes"]
    assert waited["kind"] == "dur" and waited["different"] == len(waited["values"]) > 1
    assert sum(times for _, times in waited["values"]) == told[1]["failures"]
    assert {"kind": "status", "different": 1, "values": [["429", told[1]["failures"]]]} in told[1]["kept"]


def test_show_tells_what_the_screen_shows(triage: Call) -> None:
    triage("ingest", SAMPLES)
    shown = triage("show", "b6b6").out
    assert "category infrastructure" in shown
    headings = [line for line in shown.splitlines() if line in ("check first", "likely causes")]
    assert headings == ["check first", "likely causes"]
    assert "\nlikely causes\n  1. " in shown
    place, trace = shown.partition("\nit says (")[2].split("\n", 1)
    assert place.startswith(str(SAMPLES / "nightly-1-api.xml"))
    example = triage("export", "b6b6", "--format", "json").json["members"][0]["failure"]
    assert trace.startswith("  " + example["trace"].split("\n", 1)[0])
    assert "and 30 failures more" in shown


def test_categories_have_the_same_words_everywhere(triage: Call) -> None:
    triage("ingest", SAMPLES)
    for category, words in (("infra", "infrastructure"), ("expected_by_design", "expected by design")):
        rows = triage("clusters", "--json").json["clusters"]
        row = next(row for row in rows if row["category"] == category)
        [line] = [
            line for line in triage("clusters").out.splitlines() if line.startswith(f" {row['id'][:8]}")
        ]
        assert f" {words} " in line
        assert f"category {words}," in triage("show", row["id"]).out
        assert f"| Category | {words} |" in triage("export", row["id"]).out
        assert f"<td>{words}</td>" in triage("export", row["id"], "--format", "html").out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [\n  x: {", "(the rule file was left out)"),
        (
            "rules:\n  - id: a\n    title: A\n    categry: infra\n    match: {any: [{phrase: x}]}\n",
            "unknown key 'categry'; did you mean 'category'? (the rule was left out)",
        ),
    ],
)
@pytest.mark.parametrize("call", [("ingest", API), (API,), ("rules", "explain", "x")])
def test_rules_that_are_left_out(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str, call: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".triage" / "rules").mkdir(parents=True)
    (tmp_path / ".triage" / "rules" / "bad.yaml").write_text(text)
    done = triage(*call)
    assert done.code == 0
    [line] = done.err.splitlines()
    assert line.startswith("triage: .triage/rules/bad.yaml:") and line.endswith(told)


@pytest.mark.parametrize("width", [50, 80])
def test_a_table_is_as_wide_as_the_terminal_at_most(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    plain = Console(width=width, highlight=False, markup=False, color_system=None, force_terminal=False)
    monkeypatch.setattr(output, "console", lambda: plain)
    rows = [("a", 3, "said " * 40), ("日本語" * 9, 12, "日本" * 30), ("[b]c[/b]", 1, "\x1b[31mred")]
    output.table(("id", "tests", "what it says"), rows, stretch="what it says")
    _, head, rule, *lines, end = capsys.readouterr().out.split("\n")[:-1]
    assert (head.split(), set(rule.strip()), end) == (["id", "tests", "what", "it", "says"], {"─"}, "")
    assert max(map(cell_len, (head, rule, *lines))) <= width
    assert [line.split()[-1][-1] for line in lines] == ["…", "…", "d"]
    ends = {
        cell_len(line.split(number)[0]) + len(number)
        for line, number in zip(lines, ("3", "12", "1"), strict=True)
    }
    assert ends == {head.index("tests") + 5}
    assert "[b]c[/b]" in lines[2]


def test_a_database_of_another_grouping_is_told_until_it_is_placed_anew(
    triage: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage("ingest", API)
    assert triage("clusters").err == ""
    monkeypatch.setattr("triage.store.grouping.ALGORITHM", 1_000)
    told = triage("clusters")
    assert told.code == 0 and "another version of triage; 'triage recluster'" in told.err
    assert triage("recluster").err == ""
    assert triage("clusters").err == ""


def test_the_command_that_is_proposed_makes_clusters_one(triage: Call, tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    names = ("ann", "bob", "carol", "dave", "erin", "frank")
    log.write_text(
        "".join(f"ERROR: no room in the mailbox that {name} was given last year\n" for name in names)
    )
    triage("ingest", log)
    told = triage("clusters").out
    assert "6 differ in a word: " in told and " that <word> was given" in told
    triage(*told.split("'triage ")[1].split("'")[0].split())
    made = triage("clusters", "--json").json
    assert len(made["clusters"]) == 1 and made["alike"] == []


def test_a_terminal_that_is_gone_does_not_change_how_the_program_ends() -> None:
    """Else the interpreter exits with 120: it tries once more to write what nobody takes."""
    code = (
        "import sys, triage.cli.root as root\n"
        "root.triage = lambda *_, **__: sys.stdout.write('x') and sys.exit(129)\n"
        "from triage.cli import main\n"
        "main()"
    )
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run([sys.executable, "-c", code], stdout=write, env=environment, check=False)
    os.close(write)
    assert done.returncode == 129
