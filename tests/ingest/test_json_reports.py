"""JSON reports in common: noise around them, ends that are missing, lines of failures, and JSON that is none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import RECORDED, manifest, source_of
from triage.ingest import IngestError, Source, collect
from triage.ingest.reader import Sample
from triage.ingest.registry import all_readers

TextSource = Callable[[str | bytes], Source]

CTRF = {
    "reportFormat": "CTRF",
    "results": {
        "tool": {"name": "pump"},
        "summary": {"tests": 3, "passed": 1, "failed": 2, "pending": 0, "skipped": 0, "other": 0},
        "tests": [
            {"name": "opens", "status": "passed", "duration": 3},
            {"name": "closes", "status": "failed", "duration": 4, "message": "valve 7 did not answer"},
            {"name": "drains", "status": "failed", "duration": 4, "message": "valve 7 did not answer"},
        ],
    },
}


def test_the_line_of_each_failure_is_that_of_its_own_text(text_source: TextSource) -> None:
    text = json.dumps(CTRF, indent=2)
    run = collect(text_source(text))
    lines = [f.source_line for case in run.cases for f in case.failures]
    truth = [n for n, line in enumerate(text.split("\n"), 1) if "valve 7 did not" in line]
    assert lines == truth and len(truth) == 2


def test_escapes_and_foreign_letters_are_found_too(text_source: TextSource) -> None:
    report = json.loads(json.dumps(CTRF))
    report["results"]["tests"][1]["message"] = 'Ventil "7" öffnet\nnicht\t– nie'
    for ascii_only in (True, False):
        text = json.dumps(report, indent=1, ensure_ascii=ascii_only)
        run = collect(text_source(text))
        [place, _] = [f.source_line for case in run.cases for f in case.failures]
        assert place is not None and "Ventil" in text.split("\n")[place - 1]


def test_utf_16_has_lines_as_well(text_source: TextSource) -> None:
    run = collect(text_source(json.dumps(CTRF, indent=2).encode("utf-16")))
    assert next(f.source_line for case in run.cases for f in case.failures) is not None


@pytest.mark.parametrize("before", ["", "\n> shop@1.0.0 test\n> pump --json\n\n"])
@pytest.mark.parametrize("behind", ["", "\nnpm ERR! Test failed.\n"])
def test_what_npm_prints_around_the_document(text_source: TextSource, before: str, behind: str) -> None:
    run = collect(text_source(before + json.dumps(CTRF, indent=2) + behind))
    assert (run.format, run.totals.tests, run.totals.failed) == ("ctrf-json", 3, 2)


def test_a_document_that_breaks_off_is_read_up_to_there(text_source: TextSource) -> None:
    text = json.dumps(CTRF, indent=2)
    run = collect(text_source(text[: text.index("drains") + 40]))
    assert [case.name for case in run.cases] == ["opens", "closes"], "half a case is none"
    assert any("breaks off" in warning.text and warning.line for warning in run.warnings)
    with pytest.raises(IngestError, match="breaks off"):
        collect(text_source(text[: text.index('"tests": [') + 5]))


def test_a_cut_inside_of_a_text_is_found_in_linear_time(text_source: TextSource) -> None:
    text = json.dumps(CTRF)[:-3] + ', {"name": "' + '\\"' * 200_000
    assert len(collect(text_source(text)).cases) in (2, 3)


@pytest.mark.parametrize(
    "document",
    [
        {"name": "shop", "version": "1.0.0", "scripts": {"test": "jest"}, "dependencies": {}},
        {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": []}]},
        {"total": {"lines": {"total": 10, "covered": 9, "skipped": 0, "pct": 90}}},
        {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}},
        [{"filePath": "a.js", "messages": [], "errorCount": 0, "warningCount": 0, "suppressedMessages": []}],
        {
            "info": {"name": "shop", "schema": "v2.1.0"},
            "item": [{"name": "list", "event": [], "request": {}}],
        },
        {"compilerOptions": {"strict": True}, "include": ["tests"]},
        {"apiVersion": "v1", "metadata": {"uid": "1", "labels": {}}, "status": {"start": 1}, "kind": "Pod"},
        {"results": [{"extra": {"message": "x"}, "path": "a.py"}], "errors": [], "version": "1.0"},
        {"openapi": "3.0.0", "paths": {}, "components": {}, "tags": [{"name": "tests"}]},
        {"tests": ["a", "b"], "suites": 3, "name": "plan"},
        {"meta": {"version": "7.4"}, "files": {"a.py": {"summary": {"covered_lines": 1}}}, "totals": {}},
    ],
)
def test_other_json_is_no_test_result(text_source: TextSource, document: object) -> None:
    for indent in (None, 2):
        sample = Sample.of(text_source(json.dumps(document, indent=indent)))
        assert not {reader.name: score for reader in all_readers() if (score := reader.sniff(sample)) > 5}


def test_every_recording_knows_the_lines_of_its_failures() -> None:
    """But those that are put together, or of a directory."""
    found = known = 0
    for directory in RECORDED:
        for entry in manifest(directory):
            if entry["path"].endswith(".json"):
                run = collect(source_of(directory / entry["path"]))
                failures = [f for case in run.cases for f in case.failures] + list(run.failures)
                found += len(failures)
                known += sum(failure.source_line is not None for failure in failures)
    assert known >= 0.9 * found > 0


def test_a_document_may_stand_in_the_call_of_a_function(text_source: TextSource) -> None:
    run = collect(text_source(f"report({json.dumps(CTRF, indent=2)});\n"))
    assert (run.format, run.totals.tests, run.totals.failed) == ("ctrf-json", 3, 2)
