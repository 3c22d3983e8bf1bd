"""What EUnit and Common Test (Erlang) print, by hand and under rebar3.

Written after ``eunit_tty.erl`` and ``test_server_ctrl.erl`` of OTP 20 to 27, ``rebar3_eunit`` and ``cth_readable``.
EUnit tells no errors from failures. Tests that were cancelled (a module or a set-up that broke) are a failure of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, adding_up, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(
    r"^ *(?P<suite>[\w@]+):(?:(?P<line>\d{1,9}):)? (?P<name>\S.*?)\.\.\.(?:\[(?P<time>[\d.]+ s)\] ?)?(?P<how>ok|\*failed\*|\*skipped\*|\*did not run\*)$"
)
_EUNIT = re.compile(
    r"^  Failed: (?P<failed>\d{1,9})\.  Skipped: (?P<skipped>\d{1,9})\.  Passed: (?P<passed>\d{1,9})\.$"
)
_EUNIT_GREEN = re.compile(
    r"^  (?:All (?P<all>\d{1,9}) tests passed\.|(?P<one>Test) passed\.|(?P<few>\d{1,9}) tests passed\.)$"
)
_REBAR = re.compile(
    r"^(?P<tests>\d{1,9}) tests?, (?P<failed>\d{1,9}) failures?(?:, (?P<skipped>\d{1,9}) (?:skipped|cancelled))?$"
)
_REBAR_ITEM = re.compile(r"^  \d{1,6}\) (?P<suite>[\w@]+):(?P<name>\S.*?)$")
_COMMON = re.compile(
    r"^Testing (?P<name>\S.*?): TEST COMPLETE, (?P<passed>\d{1,9}) ok, (?P<failed>\d{1,9}) failed(?:, (?P<skipped>\d{1,9}) skipped)? of (?P<tests>\d{1,9}) test cases"
)
_REBAR_COMMON = re.compile(
    r"^(?:Failed (?P<failed>\d{1,9}) tests?\. )?(?:Skipped (?P<skipped>\d{1,9}) \(\d+, \d+\) tests?\. )?Passed (?P<passed>\d{1,9}) tests?\."
)
_COMMON_ITEM = re.compile(r"^%%% (?P<suite>\w+_SUITE) ==> (?P<name>\S.*?): (?P<how>FAILED|SKIPPED|OK)$")
_CANCELLED = re.compile(r"^(?:One or more tests were cancelled\.|\*{3} (?P<why>.*) \*{3})$")
_ERROR = re.compile(r"^\*\*(?P<class>error|exit|throw):(?P<text>.*)$")
_PLACE = re.compile(
    r"^in (?:function|call from) \S+ \((?P<file>\S+?), line (?P<line>\d{1,9})\)$|^\s*%% (?P<path>\S+\.erl):(?P<at>\d{1,9}):in "
)
_END = re.compile(r"^(?: *\[done in|=====|  output:|Finished in )")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_EUNIT.match(line) or _COMMON.match(line) for line in lines):
        return 76
    marks = any(
        line.startswith(
            (
                "===> Performing EUnit tests",
                "===> Running Common Test",
                "%%% ",
                "======================== EUnit",
            )
        )
        for line in lines
    )
    told = any(_REBAR.match(line) or _REBAR_COMMON.match(line) or _EUNIT_GREEN.match(line) for line in lines)
    return 83 if marks and told else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    entry: Entry | None = None
    block: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _TEST.match(mark):
            self._end()
            outcome = {"ok": Outcome.PASSED, "*failed*": Outcome.FAILED}.get(match["how"], Outcome.SKIPPED)
            entry = self.book.settle(
                match["name"], match["suite"], outcome, line, spoken_seconds(match["time"])
            )
            self._open(entry)
        elif match := _COMMON_ITEM.match(mark):
            self._end()
            outcome = {"OK": Outcome.PASSED, "FAILED": Outcome.FAILED}.get(match["how"], Outcome.SKIPPED)
            self._open(self.book.settle(match["name"], match["suite"], outcome, line))
        elif match := _REBAR_ITEM.match(mark):
            self._end()
            self._open(self.book.settle(match["name"], match["suite"], Outcome.FAILED, line))
        elif match := _EUNIT.match(mark) or _REBAR_COMMON.match(mark):
            passed, failed, skipped = (int(match[key] or 0) for key in ("passed", "failed", "skipped"))
            self._close(Totals(0, passed, failed, 0, skipped))
        elif match := _EUNIT_GREEN.match(mark):
            self._close(Totals(0, int(match["all"] or match["few"] or 1)))
        elif match := _REBAR.match(mark):
            tests, failed, skipped = (int(match[key] or 0) for key in ("tests", "failed", "skipped"))
            self._close(Totals(0, max(0, tests - failed - skipped), failed, 0, skipped))
        elif match := _COMMON.match(mark):
            passed, failed, skipped = (int(match[key] or 0) for key in ("passed", "failed", "skipped"))
            self._close((self.session.stated or Totals()) + Totals(0, passed, failed, 0, skipped))
        elif (match := _CANCELLED.match(mark)) and not (match["why"] is None and self.session.failures):
            self._end()
            text = match["why"] or mark
            self.session.failures.append(Failure(text, kind="error", trace=mark, source_line=line.number))
        elif _END.match(mark):
            self._end()
        elif self.entry is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _open(self, entry: Entry) -> None:
        self.entry = entry if entry.outcome is Outcome.FAILED else None
        self.block = []

    def _close(self, totals: Totals) -> None:
        self._end()
        self.session.stated, self.session.closed = adding_up(totals), True

    def _end(self) -> None:
        entry, self.entry = self.entry, None
        lines = [line for line in self.block if line.text.strip() and line.mark.strip() != "%%%"]
        if entry is None or not lines:
            return
        start = next((i for i, line in enumerate(lines) if _ERROR.match(line.mark)), None)
        if start is None:
            said = [
                line.text.strip().removeprefix("Failure/Error: ")
                for line in lines
                if not _PLACE.match(line.mark)
            ]
        else:
            said = [line.text.strip().removeprefix("**") for line in lines[start:]]
        place = next((match for line in lines if (match := _PLACE.match(line.mark))), None)
        number = (place["line"] or place["at"]) if place else None
        entry.failures.append(
            Failure(
                "\n".join(said),
                trace="\n".join(line.text for line in lines),
                file=(place["file"] or place["path"]) if place else None,
                line=int(number) if number else None,
                source_line=lines[0].number,
            )
        )

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("erlang-console", _sniff, reader_of("EUnit or Common Test", run_after_run(_Parser)))
