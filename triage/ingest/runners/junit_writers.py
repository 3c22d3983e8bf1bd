"""Who wrote a JUnit report, as far as it says so, and what follows from that for names that repeat and numbers of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.ingest.runners import junit_values as values
from triage.ingest.runners.junit_tries import Repeats
from triage.model import Failure

_LAST_TRY_ONLY = {
    "jest tests",
    "vitest tests",
    "Mocha Tests",
    "Tap-Junit",
    "Tap-Junit-Suite",
    "TAP Tests",
    "Criterion Tests",
}
_CMOCKA = ["name", "time", "tests", "failures", "errors", "skipped"]
"""What CMocka says of a suite, and in this order."""
_UNITTEST = re.compile(r"nose2-junit|.+-\d{14}")
"""The suites of nose2, and of unittest-xml-reporting with the moment of the run."""
_RSPEC = re.compile(r"rspec\d{0,3}")  # with the number of one of several processes
_TESTNG = re.compile(r":\d\d [A-Z]{3,5}$")
"""The end of a moment as TestNG's reporters write it, alone with the name of the zone."""


@dataclass
class Writer:
    """What is known of it so far; each element may tell more."""

    repeats: Repeats = Repeats.PASS_OF_FAILED
    is_pytest: bool = False

    def recognise(self, attributes: Mapping[str, str]) -> None:
        """By what a suite says."""
        name = attributes.get("name", "")
        if name in ("pytest", "pytest tests"):
            self.is_pytest, self.repeats = True, Repeats.TRY
        elif name in _LAST_TRY_ONLY or _RSPEC.fullmatch(name) or list(attributes) == _CMOCKA:
            self.repeats = Repeats.OTHER
        elif any("surefire" in value for value in attributes.values()) or _UNITTEST.fullmatch(name):
            self.repeats = Repeats.TEAR_DOWN
        elif _TESTNG.search(attributes.get("timestamp", "")):
            # Rows of data have one name, and what was tried again is told as skipped.
            self.repeats = Repeats.OTHER

    def recognise_property(self, name: str) -> None:
        """By what a run or a suite has."""
        if name.startswith("go.version"):
            self.repeats = Repeats.TRY_OF_FAILED
        elif name == "browser.fullName":  # Karma
            self.repeats = Repeats.OTHER

    def recognise_failures(self, failures: Iterable[Failure]) -> None:
        """By where the first one was."""
        if (first := next(iter(failures), None)) and (first.file or "").endswith((".R", ".r")):
            self.repeats = Repeats.OTHER  # testthat: its elements are expectations

    def line(self, told: str | None) -> int | None:
        """The number of a line as editors count, from what it says; None where that is no number."""
        line = values.integer(told)
        return None if line is None else line + self.is_pytest  # pytest counts from 0
