"""Foundry's ``forge test --json``: suites by file and contract, each with its tests by signature.

After ``SuiteResult`` and ``TestResult`` of ``crates/forge/src/result.rs``, 0.2 to 1.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.case_book import spoken_seconds
from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, Warn

_OUTCOMES = {"Success": Outcome.PASSED, "Skipped": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    return 91 if has_ends(sample, "test_results", "status", "counterexample") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    suites = report if isinstance(report, dict) else {}
    results = {name: get(suite, "test_results") for name, suite in suites.items()}
    if not any(isinstance(tests, dict) for tests in results.values()):
        raise IngestError(f"{source.name}: no test_results in this report; write it with forge test --json")
    for name, tests in results.items():
        file, _, contract = name.rpartition(":")
        for title, test in tests.items() if isinstance(tests, dict) else ():
            yield _case(title, test, contract, file or None)
        warnings = get(suites[name], "warnings")
        for said in warnings if isinstance(warnings, list) else ():
            if isinstance(said, str):
                yield Warn(f"{name}: {said}")


def _case(title: str, test: Any, contract: str, file: str | None) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "status"), Outcome.FAILED)
    why = text(test, "reason")
    failures: tuple[Failure, ...] = ()
    if outcome.is_red:
        arguments = text(test, "counterexample", "Single", "args")
        said = f"{why}\ncounterexample: {arguments}".strip() if arguments else why
        failures = (Failure(said or "failed, and the report does not say why", trace=why),)
    logs = get(test, "decoded_logs")
    return CaseResult(
        title,
        outcome,
        contract,
        file,
        duration=spoken_seconds(text(test, "duration")),
        failures=failures,
        output="\n".join(line for line in logs if isinstance(line, str)) if isinstance(logs, list) else "",
        properties=(("reason", why),) if why and outcome is Outcome.SKIPPED else (),
    )


READER = Reader("forge-json", _sniff, json_report(_read, cases="test_results"))
