"""What a run really did, told by the runners' own objects, as an entry of ``manifest.json``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from recorder.scenarios import Cause

_COLOR = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True)
class Told:
    name: str
    outcome: str
    """passed, failed, error, skipped, xfailed or xpassed."""
    message: str = ""
    retried: bool = False


def of_pytest(tally: dict[str, list[list[str]]]) -> list[Told]:
    retried = {name for name, _ in tally["rerun"]}
    return [
        Told(name, outcome, _COLOR.sub("", message), name in retried)
        for outcome, reports in tally.items()
        if outcome != "rerun"
        for name, message in reports
    ]


def of_playwright(report: dict[str, Any]) -> list[Told]:
    return [_playwright_case(spec, test) for suite in report["suites"] for spec, test in _tests(suite)]


def _tests(suite: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for spec in suite.get("specs", ()):
        for test in spec["tests"]:
            yield spec, test
    for inner in suite.get("suites", ()):
        yield from _tests(inner)


def _playwright_case(spec: dict[str, Any], test: dict[str, Any]) -> Told:
    results = test["results"]
    texts = (error["message"] for result in results for error in result.get("errors", ()))
    message = _COLOR.sub("", "\n".join(texts))
    if test["status"] == "expected":
        outcome = "passed"  # an expected failure too: Playwright itself counts it so
    else:
        outcome = {"unexpected": "failed", "flaky": "passed", "skipped": "skipped"}[test["status"]]
    return Told(f"{spec['file']} > {spec['title']}", outcome, message, retried=len(results) > 1)


def totals(told: list[Told]) -> dict[str, int]:
    """Expected failures count as skipped and unexpected passes as passed; ``extras`` tells them apart."""
    count = Counter(case.outcome for case in told)
    return {
        "tests": len(told),
        "passed": count["passed"] + count["xpassed"],
        "failed": count["failed"],
        "errors": count["error"],
        "skipped": count["skipped"] + count["xfailed"],
    }


def extras(told: list[Told]) -> dict[str, int]:
    count = Counter(case.outcome for case in told)
    flaky = sum(case.retried and case.outcome == "passed" for case in told)
    numbers = {"xfailed": count["xfailed"], "xpassed": count["xpassed"], "flaky": flaky}
    return {name: number for name, number in numbers.items() if number}


def clusters(told: list[Told], causes: tuple[Cause, ...]) -> list[dict[str, Any]]:
    """How many red tests each cause has.

    Raises:
        ValueError: a red test that no cause explains: the suite or the list of causes is wrong.
    """
    members: dict[Cause, list[str]] = {}
    for case in told:
        if case.outcome in ("failed", "error"):
            members.setdefault(_cause(case, causes), []).append(case.name)
    return [
        {
            "name": cause.name,
            "contains": cause.contains,
            "category": cause.category,
            "tests": len(names),
            "members": sorted(names),
        }
        for cause, names in sorted(members.items(), key=lambda item: (-len(item[1]), item[0].name))
    ]


def _cause(case: Told, causes: tuple[Cause, ...]) -> Cause:
    for cause in causes:
        if cause.contains in f"{case.name}\n{case.message}":
            return cause
    raise ValueError(f"no cause fits {case.name}:\n{case.message}")


def compare(base: list[dict[str, Any]], head: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The red tests of two runs, by what became of them; ``hidden`` are those that a rate limit stopped in
    the first run and that fail for another reason in the second."""
    before, after = _red(base), _red(head)
    limited = _red(cluster for cluster in base if "rate limit" in cluster["name"])
    return {
        "new": sorted(after - before),
        "fixed": sorted(before - after),
        "still": sorted(before & after),
        "hidden": sorted(limited & after),
    }


def _red(clusters: Iterable[dict[str, Any]]) -> set[str]:
    return {name for cluster in clusters for name in cluster["members"]}
