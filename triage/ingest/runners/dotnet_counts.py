"""The counts that ``dotnet test``, ``vstest.console`` and the runners of xUnit.net print, of one project or of many."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import spoken_seconds
from triage.model import Failure, Totals

# "Failed!  - Failed:     1, Passed:     3, Skipped:     0, Total:     4, Duration: 12 ms - X.dll (net8.0)"
_PROJECT = re.compile(
    r"^\s*(?:Failed|Passed|Skipped)! +- Failed: +(?P<failed>\d{1,9}), Passed: +(?P<passed>\d{1,9}), "
    r"Skipped: +(?P<skipped>\d{1,9}), Total: +(?P<tests>\d{1,9})(?:, Duration: (?P<time>[^-]*[^- ]))?(?: - (?P<name>.*))?$"
)
_LOGGER = re.compile(
    r"^\s*Test summary: total: (?P<tests>\d{1,9}), failed: (?P<failed>\d{1,9}), succeeded: (?P<passed>\d{1,9}), "
    r"skipped: (?P<skipped>\d{1,9})(?:, duration: (?P<time>\S+))?"
)
_PLATFORM = re.compile(r"^\s*Test run summary: (?P<how>[^-]*[^- ])(?: - (?P<name>.*))?$")
_PLATFORM_COUNT = re.compile(r"^ {2,}(?P<key>total|failed|succeeded|skipped|error|duration): (?P<value>.+)$")
_TOTAL = re.compile(r"^\s*Total tests: (?P<tests>\d{1,9}|Unknown)(?P<rest>\..*)?$")
_COUNT = re.compile(r"^\s*(?P<key>Passed|Failed|Skipped) *: (?P<number>\d{1,9})$")
_OLD_COUNT = re.compile(r"(Passed|Failed|Skipped): (\d{1,9})\.")
_TIME = re.compile(r"^\s*(?:Total time|Test execution time): (?P<time>\S.*)$")
# "   X.Tests  Total: 5, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 0.123s"
_XUNIT = re.compile(
    r"^\s*(?P<name>\S.*?)?:? *Total: +(?P<tests>\d{1,9}), Errors: +(?P<errors>\d{1,9}), Failed: +(?P<failed>\d{1,9}), "
    r"Skipped: +(?P<skipped>\d{1,9})(?:, Not Run: +(?P<unrun>\d{1,9}))?, Time: +(?P<time>[\d.,]+)s"
)


def is_total(mark: str) -> bool:
    """Whether the line states the counts of a run on its own."""
    if (match := _TOTAL.match(mark)) and _OLD_COUNT.search(match["rest"] or ""):
        return True
    return any(pattern.match(mark) for pattern in (_PROJECT, _LOGGER, _XUNIT))


@dataclass
class Counts:
    """What was stated so far, by who stated it."""

    seen: bool = False
    """Whether a run came to its end."""
    errors: list[Failure] = field(default_factory=list)
    """What xUnit.net counts outside of tests."""
    _projects: Totals = field(default_factory=Totals)
    _logger: Totals = field(default_factory=Totals)
    _blocks: list[dict[str, int]] = field(default_factory=list)
    """``Total tests:`` with the counts below it."""
    _platforms: list[dict[str, int]] = field(default_factory=list)
    _xunits: list[tuple[str, Totals]] = field(default_factory=list)
    _open: dict[str, int] | None = None
    """Those that are being read."""
    _in_platform: bool = False
    _times: list[float] = field(default_factory=list)

    @property
    def duration(self) -> float | None:
        """Seconds of all runs."""
        return round(sum(self._times), 6) if self._times else None

    def feed(self, mark: str) -> bool:
        """Whether the line states counts."""
        if match := _PROJECT.match(mark):
            self._projects += _totals(match)
        elif match := _LOGGER.match(mark):
            self._logger += _totals(match)
        elif match := _XUNIT.match(mark):
            tests, errors, failed, skipped = (
                int(match[key]) for key in ("tests", "errors", "failed", "skipped")
            )
            skipped += int(match["unrun"] or 0)
            self._xunits.append(
                (match["name"] or "", Totals(tests, tests - failed - skipped, failed, 0, skipped))
            )
            if errors and "GRAND TOTAL" not in (match["name"] or ""):
                self.errors.append(Failure(f"{errors} errors outside any test: {mark.strip()}", kind="error"))
        elif match := _TOTAL.match(mark):
            self._open = {"Total": int(match["tests"])} if match["tests"] != "Unknown" else {}
            self._open.update((key, int(number)) for key, number in _OLD_COUNT.findall(match["rest"] or ""))
            self._blocks.append(self._open)
            self._in_platform = False
            self.seen = True
            return True
        elif match := _PLATFORM.match(mark):
            self._open, self._in_platform = {}, True
            self._platforms.append(self._open)
            self.seen = True
            return True
        elif self._open is not None and self._in_platform and (match := _PLATFORM_COUNT.match(mark)):
            if match["value"].isdecimal():
                self._open.setdefault(match["key"], int(match["value"][:9]))
            elif match["key"] == "duration":
                self._times.append(spoken_seconds(match["value"]) or 0.0)
            return True
        elif self._open is not None and not self._in_platform and (match := _COUNT.match(mark)):
            self._open.setdefault(match["key"], int(match["number"]))
            return True
        elif match := _TIME.match(mark):
            self._times.append(spoken_seconds(match["time"]) or 0.0)
            return True
        else:
            return False
        self.seen = True
        if (duration := spoken_seconds(_with_unit(match["time"]))) is not None and "GRAND TOTAL" not in mark:
            self._times.append(duration)
        return True

    def stated(self) -> Totals | None:
        """The runner's counts, from the place that sums up most."""
        grand = [totals for name, totals in self._xunits if "GRAND TOTAL" in name]
        found: Totals | None = None
        if self._platforms and any("total" in counts for counts in self._platforms):
            found = sum(
                (_from(counts, "total", "succeeded", "failed", "skipped") for counts in self._platforms),
                Totals(),
            )
        elif self._logger.tests:
            found = self._logger
        elif self._projects.tests:
            found = self._projects
        elif any("Total" in counts for counts in self._blocks):
            found = sum(
                (_from(counts, "Total", "Passed", "Failed", "Skipped") for counts in self._blocks), Totals()
            )
        elif grand or self._xunits:
            found = sum(grand[-1:] or [totals for _, totals in self._xunits], Totals())
        return found


def _with_unit(time: str | None) -> str | None:
    return f"{time}s" if time and time[-1].isdecimal() else time


def _totals(match: re.Match[str]) -> Totals:
    tests, passed, failed, skipped = (int(match[key]) for key in ("tests", "passed", "failed", "skipped"))
    return Totals(tests, passed, failed, 0, skipped)


def _from(counts: dict[str, int], total: str, passed: str, failed: str, skipped: str) -> Totals:
    tests, bad = counts.get(total, 0), counts.get(failed, 0)
    good = counts.get(passed, 0)
    # Old versions count only some; what is left was not run.
    return Totals(tests, good, bad, 0, max(counts.get(skipped, 0), tests - good - bad))
