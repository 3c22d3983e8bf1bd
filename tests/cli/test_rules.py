"""The rules and what is expected, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Call
from tests.conftest import SAMPLES

LOG = "ERROR purse 17 is empty\nERROR purse 18 is empty\n"
RULE = "rules:\n  - id: a\n    title: A\n    category: infra\n    match: {any: [{phrase: pump ran dry}]}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.log").write_text(LOG)
    return tmp_path


def test_an_error_shows_its_line(triage: Call, project: Path) -> None:
    (project / "wrong.yaml").write_text(RULE.replace("category", "categry"))
    done = triage("rules", "check", "wrong.yaml")
    assert done.err.splitlines() == [
        "triage: wrong.yaml:4:5: unknown key 'categry'; did you mean 'category'?",
        "    4 |     categry: infra",
        "      |     ^",
    ]


def test_junit(triage: Call, project: Path) -> None:
    (project / "a.yaml").write_text(
        RULE + '    examples: {match: [pump ran dry, "it\\x07rained"], no_match: [x]}\n'
    )
    (project / "b.yaml").write_text(RULE.replace("title: A", "title: [A]"))
    assert triage("rules", "test", "a.yaml", "b.yaml", "--junit", "out.xml").code == 1
    root = ElementTree.parse(project / "out.xml").getroot()
    assert {s.get("name"): (s.get("tests"), s.get("failures"), s.get("errors")) for s in root} == {
        "a.yaml": ("3", "1", "0"),
        "b.yaml": ("1", "0", "1"),
    }
    # The program reads what it writes.
    assert triage("parse", "out.xml", "--json").json["runs"][0]["totals"]["tests"] == 4


def test_list_and_show(triage: Call) -> None:
    listed = triage("rules", "list", "websocket", "--json").json["rules"]
    assert {"websocket-handshake-403"} <= {rule["id"] for rule in listed}
    assert "websocket-handshake-403" in triage("rules", "list", "websocket").out
    shown = triage("rules", "show", "http-403")
    assert shown.code == 0 and "check first" in shown.out
    assert triage("rules", "show", "http-403", "--json").json["category"] == "expected_by_design"
    unknown = triage("rules", "show", "htp-403")
    assert unknown.code == 2 and "did you mean 'http-403'?" in unknown.err
    assert triage("rules", "packs", "--json").json["packs"][0]["name"] == "library"


def test_explain_takes_a_file_and_a_cluster(triage: Call, project: Path) -> None:
    of_file = triage("rules", "explain", SAMPLES / "nightly-1-api.xml", "--json").json["texts"]
    assert len(of_file) > 5
    triage("ingest", SAMPLES / "nightly-1-api.xml")
    clusters = triage("clusters", "--json").json["clusters"]
    named = next(row for row in clusters if row["rule"])
    document = triage("rules", "explain", named["id"][:8], "--json").json
    texts = document.get("texts", [document])
    assert {rule["rule"] for text in texts for rule in text["rules"] if rule["wins"]} == {named["rule"]}


def test_a_cluster_becomes_a_rule(triage: Call, project: Path) -> None:
    triage("ingest", "shop.log")
    [row] = triage("clusters", "--json").json["clusters"]
    printed = triage("rules", "new", "--from", row["id"], "--print")
    assert "purse" in printed.out and not (project / ".triage").exists()
    made = triage("rules", "new", "--from", row["id"][:8], "--json").json
    assert (made["moved"], made["wrong"]) == (1, 0)
    assert triage("rules", "test", made["file"]).code == 0
    [named] = triage("clusters", "--json").json["clusters"]
    assert named["rule"] == made["rule"]
    again = triage("rules", "new", "-o", made["file"])
    assert again.code == 2 and "is there already" in again.err
    assert triage("rules", "new").code == 0
    assert triage("rules", "test").code == 0


def test_the_gate_and_what_is_expected(triage: Call, project: Path) -> None:
    nothing = triage("gate")
    assert nothing.code == 2 and "no runs in the database" in nothing.err
    triage("ingest", SAMPLES / "nightly-1-api.xml")
    closed = triage("gate", "--json")
    assert (closed.code, closed.json["passed"]) == (1, False)
    raw = closed.json["pass_rate"]["raw"]
    for row in triage("clusters", "--json").json["clusters"]:
        done = triage("expect", row["id"], "--reason", "known", "--owner", "ann", "--until", "2999-12-31")
        assert done.code == 0
    opened = triage("gate", "--json")
    assert (opened.code, opened.json["unexpected"]) == (0, [])
    assert opened.json["pass_rate"] == {"raw": raw, "adjusted": 1.0}
    assert " raw, 100.0 % adjusted" in triage("clusters").out
    assert "expected until 2999-12-31: known (ann)" in triage("show", row["id"]).out
    document = json.loads(triage("export", row["id"], "--format", "json").out)
    assert document["expectations"][0]["owner"] == "ann"
    assert "| Expected | until 2999-12-31: known (ann) |" in triage("export", row["id"]).out


def test_an_expectation_that_has_expired_or_is_stale(triage: Call, project: Path) -> None:
    triage("ingest", "shop.log")
    [row] = triage("clusters", "--json").json["clusters"]
    triage("expect", row["id"], "--reason", "known", "--owner", "ann", "--until", "2001-01-01")
    triage("expect", "--rule", "gone", "--reason", "known", "--owner", "ann", "--until", "2999-01-01")
    listed = triage("expectations", "--json")
    assert (listed.code, [one["state"] for one in listed.json["expectations"]]) == (1, ["expired", "stale"])
    done = triage("gate")
    assert done.code == 1
    assert "expectations.yaml:2: expired: cluster" in done.err and "stale: rule gone" in done.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--reason", "x", "--owner", "y", "--until", "2999-01-01"), "name a cluster, --rule or --tests"),
        (("--rule", "x", "--owner", "y", "--until", "2999-01-01"), "Missing option '--reason'"),
        (
            ("--rule", "x", "--reason", " ", "--owner", "y", "--until", "2999-01-01"),
            "say a --reason and an --owner",
        ),
        (("--rule", "x", "--reason", "x", "--owner", "y", "--until", "soon"), "does not match the format"),
        (("nope", "--reason", "x", "--owner", "y", "--until", "2999-01-01"), "no cluster has an id"),
    ],
)
def test_an_expectation_needs_its_parts(
    triage: Call, project: Path, options: tuple[str, ...], says: str
) -> None:
    done = triage("expect", *options)
    assert done.code == 2 and says in done.err
    assert not (project / ".triage").exists()
