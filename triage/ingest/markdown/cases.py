"""The tests that a report names, with outcome and duration: items of lists and rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.ingest.markdown.blocks import Block, Section, names_something, plain, title
from triage.ingest.markdown.facts import STATUS_COLUMN, counts_suites, pair
from triage.ingest.markdown.reasons import (
    REASON_KEYS,
    explained,
    failure,
    own_reason,
    resolved,
    run_failures,
    telling_line,
)
from triage.ingest.markdown.told import told_counts
from triage.ingest.markdown.words import DURATION, MARKS, is_unclear, marked, said, seconds
from triage.ingest.runners.pytest_text import node_parts
from triage.model import CaseResult, Failure, Item, Outcome, Warn

# ``test_x``, ``tests/a.py::B::test_x[1]``, ``testLogin()``: what is a test wherever it stands.
_IDENTIFIER = re.compile(
    r"^(?P<name>(?:[\w./-]+\.(?:py|js|ts|tsx|jsx|spec\.\w+)(?:::|:))?(?:[A-Z]\w*(?:::|\.))?"
    r"(?:test_\w+|\w+_test|test[A-Z]\w+|\w+::\w[\w:\[\]-]*)(?:\[[^\]]*\])?(?:\(\))?)(?=$|[\s:,.;-])"
)
_CODE_NAME = re.compile(r"^(?:(?P<suite>[\w -]{1,30}): )?`(?P<name>[^`]+)`")
_COUNTED = r"\(\d+ (?:failures?|errors?|failed)\b"
_TEST_HEADING = re.compile(rf"\b(?:tests?|specs?|scenarios?|test cases?)\b|{_COUNTED}", re.IGNORECASE)
_PASS_HEADING = re.compile(r"\bpass(?:ed|ing)\b|✅|\bsucce(?:ss|eded)", re.IGNORECASE)
_FAIL_HEADING = re.compile(
    r"\bfail(?:ed|ing|ures?)?\b|\bbroken\b|❌|\b(?:identified|known|remaining|open) issues?\b|\berrors?\b",
    re.IGNORECASE,
)
_SKIP_HEADING = re.compile(r"\bskipped\b|\bnot run\b", re.IGNORECASE)
_BROKEN_HEADING = re.compile(r"\(\d+ errors?\b", re.IGNORECASE)
# Lists below these speak of tests and are no results.
_NO_RESULTS = re.compile(
    rf"^(?!.*{_COUNTED}).*\b(?:recommend\w*|next|actions?|deploy\w*|business|achievements?|metrics?|performance|infrastructure"
    r"|conclusion|commits?|commands?|files?|fix(?:es)?|impact|plan|strategy|criteria|focus|selection|five whys"
    r"|stability|mission|configuration|hypothes\w+|mitigation|timeline|lessons|appendix|how to|coverage"
    r"|progress|fixed)\b",
    re.IGNORECASE,
)
_TEST_COLUMN = re.compile(r"^(?:test(?: ?(?:case|name|id))?|case|scenario|spec)$", re.IGNORECASE)
_CHECK_COLUMN = re.compile(
    r"^(?:acceptance |functional |test )?(?:check|component|feature|area|endpoint|requirement|criteri\w+|id|name|category)$",
    re.IGNORECASE,
)
"""What a column is called whose cells may be tests."""
_TOLD_ITEM = re.compile(r"^(?P<name>[^:]{3,80}):\s+(?:PASS(?:ED)?|FAIL(?:ED)?|SKIPPED)\b")
_NAME_KEY = re.compile(r"(?:test )?(?:name|title)", re.IGNORECASE)
_ERROR_COLUMN = re.compile(r"error|message|reason|failure|cause|details|issues?$|notes?$", re.IGNORECASE)
_TIME_COLUMN = re.compile(r"duration|time|seconds", re.IGNORECASE)
_TOTAL_ROW = re.compile(r"(?:total|overall|sum)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[-–—:]+\s+|:\s+|\s*\((?=\d)")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item stands: what the headings, key lines and quotations above it say."""

    section: Section
    group: str
    """A key line that introduces the items below it: ``WebSocket Connection Issues``."""
    quoted: str
    """The quoted output above it in the same section."""
    file: str | None
    suite: str
    level: int
    """Indentation of the list's own items; what is deeper explains them."""

    @property
    def outcome(self) -> Outcome | None:
        """What the group, then the nearest heading that speaks of an outcome, says of the tests below it."""
        for heading in (self.group, *reversed(self.section.path)):
            if not heading:
                continue
            says = _heading_says(heading)
            if len(says) == 1:
                return says[0]
            # One that says both ways decides nothing, and neither does what stands above it.
            if says or _NO_RESULTS.match(heading):
                return None
        return None

    @property
    def lists_tests(self) -> bool:
        """Whether every item here is a test, not only those that look like one."""
        heading = self.section.heading
        speaks = _TEST_HEADING.search(heading) and (_heading_says(heading) or pair(heading))
        return bool(speaks) and not _NO_RESULTS.match(heading)


def _heading_says(heading: str) -> list[Outcome]:
    numbers = pair(heading)
    says = []
    if _FAIL_HEADING.search(heading):
        says.append(Outcome.ERROR if _BROKEN_HEADING.search(heading) else Outcome.FAILED)
    if _PASS_HEADING.search(heading):
        says.append(Outcome.PASSED)
    if _SKIP_HEADING.search(heading):
        says.append(Outcome.SKIPPED)
    # "PARTIAL (2/5 PASSED)" is a heading over both kinds; "PASSING TESTS (22/25)" is not.
    if says == [Outcome.PASSED] and numbers and numbers[0] != numbers[1]:
        return says if re.match(r"\W*PASS|.*PASSING", heading.upper()) else [*says, Outcome.FAILED]
    return says


def read_cases(found: list[Section]) -> Iterator[Item]:
    """Cases, failures of the run itself, and warnings about what looked like a test and could not be read."""
    seen: dict[str, CaseResult] = {}
    reasons: list[str] = []
    tested = list(_tested(found))
    for section in found:
        own = [case for where, case in tested if where is section]
        for item in (*own, *_section(section, found)):
            if isinstance(item, CaseResult):
                item = resolved(item, reasons)
                reasons += [_message(item)] if item.outcome.is_red else []
            if not isinstance(item, CaseResult):
                yield item
            elif item.id not in seen:
                seen[item.id] = item
                yield item
            elif _message(item) not in ("", _message(seen[item.id])):
                line = item.failures[0].source_line
                yield Warn(f"{item.name} is named again with another reason: taken once", line)
    yield from run_failures(found, list(seen.values()))


def _tested(found: list[Section]) -> Iterator[tuple[Section, CaseResult]]:
    """Sections that are a test each: ``### Login`` with ``**Status:** PASS``, where more than one of a level is."""
    told: list[tuple[Section, CaseResult]] = []
    for section in found:
        status = next(
            (b for b in section.key_values() if b.kind in ("key", "item") and STATUS_COLUMN.match(b.key)),
            None,
        )
        value = plain(status.text) if status else ""
        outcome = said(value)
        if (
            status is None
            or outcome is None
            or pair(value)
            or told_counts(value)
            or is_unclear(value)
            or section.level < 2
        ):
            continue
        named = next((plain(b.text) for b in section.key_values() if _NAME_KEY.fullmatch(b.key)), "")
        name = named or re.sub(r"^\W*(?:\d{1,3}[.)]\s+)?", "", MARKS.sub("", section.heading)).strip()
        if named or names_something(section.heading) or ": " in name:
            case = CaseResult(name, outcome, _suite_of(section.parent))
            if outcome.is_red:
                why = failure(own_reason(section), line=status.line)
                case = explained(replace(case, failures=(why,)), section, "", "", found)
            told.append((section, case))
    levels = [section.level for section, _ in told]
    yield from (one for one in told if levels.count(one[0].level) > 1)


def _message(case: CaseResult) -> str:
    return case.failures[0].message if case.failures else ""


def _section(section: Section, found: list[Section]) -> Iterator[Item]:
    level = min((block.level for block in section.blocks if block.kind == "item"), default=0)
    place = _Place(section, "", "", _file_of(section), _suite_of(section), level)
    named = 0
    for index, block in enumerate(section.blocks):
        if block.kind == "table":
            yield from _table(block, place)
        elif block.kind == "code":
            place = replace(place, quoted=block.text)
        elif block.kind == "key" and (not block.text or block.text.startswith(("✅", "❌"))):
            place = replace(place, group=plain(block.key))
        elif block.kind == "item":
            case = _item(block, place, _below(section.blocks, index))
            if isinstance(case, CaseResult):
                named += 1
                case = explained(case, section, place.group, place.quoted, found)
            if case is not None:
                yield case
    yield from _miscounted(section, named)


def _file_of(section: Section) -> str | None:
    here: Section | None = section
    while here is not None:
        for block in here.key_values():
            if block.key.lower() in ("file", "test file", "spec", "suite file"):
                return plain(block.text) or None
        here = here.parent
    return None


def _suite_of(section: Section | None) -> str:
    """The nearest heading that names a suite; from one that speaks of failures on, headings name causes."""
    suite = ""
    for here in (*section.ancestors, section) if section else ():
        if _FAIL_HEADING.search(here.heading) and not pair(here.heading):
            break
        # The title of the whole report is none.
        if here.level > 1 and names_something(here.heading):
            suite = title(here.heading)
    return suite


def _below(blocks: list[Block], index: int) -> list[Block]:
    """What is nested under the item at ``index``."""
    level = blocks[index].level
    below = []
    for block in blocks[index + 1 :]:
        if block.level <= level:
            break
        below.append(block)
    return below


def _item(block: Block, place: _Place, below: list[Block]) -> CaseResult | Warn | None:
    text = f"{block.key}: {block.text}" if block.key else block.text
    bare = MARKS.sub("", plain(text)).strip()
    identifier = _IDENTIFIER.match(bare)
    outcome = _outcome(block, text, bare[identifier.end() :] if identifier else None, place, below)
    if not identifier and _TEST_HEADING.search(place.section.heading) and (item := _TOLD_ITEM.match(bare)):
        rest = bare[item.end() :]
        return _case(
            item["name"], said(bare[item.end("name") :]) or Outcome.PASSED, rest, place, block.line, below
        )
    told = outcome or marked(text) or block.checked is not None or _starts_bold(block)
    if not identifier and not (place.lists_tests and told):
        return None
    if outcome is None:
        if place.lists_tests and (identifier or is_unclear(text)):
            return Warn(f"looks like a test, and its outcome is not told: {bare[:80]}", block.line)
        return None
    suite = place.suite
    if identifier:
        name, rest = identifier["name"], bare[identifier.end() :]
    elif block.level > place.level:
        return None
    elif code := _CODE_NAME.match(MARKS.sub("", text).lstrip()):
        name, suite = code["name"].strip(), code["suite"] or suite
        rest = plain(MARKS.sub("", text).lstrip()[code.end() :])
    else:
        name = _SEPARATOR.split(bare, maxsplit=1)[0]
        rest = bare[len(name) :]
    if not name.strip() or len(name) > _LONGEST_NAME:
        return Warn(f"looks like a test, and has no name: {bare[:80]}", block.line)
    return _case(name.strip(), outcome, rest, replace(place, suite=suite), block.line, below)


def _starts_bold(block: Block) -> bool:
    return bool(block.key) or MARKS.sub("", block.text).lstrip().startswith("**")


def _outcome(block: Block, text: str, after: str | None, place: _Place, below: list[Block]) -> Outcome | None:
    """From its own mark, the word behind its name, what stands below it, its box, then what is above."""
    if own := marked(text):
        return own
    lead = re.match(r"^[\s:–—(-]*([A-Za-z ]{2,14})", after) if after is not None else None
    if lead and (own := said(lead[1])):
        return own
    for child in below:
        if child.key.lower() in ("status", "result", "outcome"):
            return marked(child.text) or said(plain(child.text))
    if block.checked is not None and place.lists_tests:
        return Outcome.PASSED if block.checked else None
    return place.outcome


def _case(name: str, outcome: Outcome, rest: str, place: _Place, line: int, below: list[Block]) -> CaseResult:
    told = re.sub(r"^[\s:–—.,-]+", "", rest).strip()
    duration = seconds(told)
    for child in below:
        if duration is None and (child.key.lower() in ("status", "duration", "time", "execution time", "")):
            duration = seconds(plain(child.text))
    if DURATION.match(told.lstrip("(~<")) or told.startswith("("):
        told = DURATION.sub("", told, count=1)
    note = re.sub(r"^[\s()<>~:–—.,-]+|[\s(:–—-]+$", "", told).strip()
    if note.count(")") > note.count("("):
        note = note.replace(")", "", 1).strip()
    failures: tuple[Failure, ...] = ()
    # "(3 variants)" tells how many, not why.
    counted = re.fullmatch(r"(?:\d+|×\d+|x\d+) ?\w*", note) is not None
    if outcome.is_red:
        error = next((plain(c.text) for c in below if c.key.lower() in REASON_KEYS and c.text), "")
        kind = "error" if outcome is Outcome.ERROR else "failure"
        failures = (failure(error or ("" if counted else note), kind=kind, line=line),)
    file, suite, name = _named(name, place)
    return CaseResult(
        name=name,
        outcome=outcome,
        suite=suite,
        file=file,
        duration=duration,
        failures=failures,
        properties=(("note", note),) if note and (counted or not outcome.is_red) else (),
    )


def _named(name: str, place: _Place) -> tuple[str | None, str, str]:
    """File, suite and own name of what a report calls a test."""
    if "::" in name:
        file, suite, own = node_parts(name)
        return file or place.file, suite, own.removesuffix("()")
    # Playwright's manner: describe blocks, then the title.
    *path, own = name.split(" › ")
    suite = " > ".join((place.suite, *path) if place.suite else path)
    return place.file, suite, own.removesuffix("()")


def _table(table: Block, place: _Place) -> Iterator[Item]:
    """A table with one test a row."""
    header = table.rows[0]
    test = next((i for i, name in enumerate(header) if _TEST_COLUMN.match(name)), None)
    status = next((i for i, name in enumerate(header) if STATUS_COLUMN.match(name)), None)
    if test is None and status is not None:
        test = _checks(table, status)
    error = next((i for i, name in enumerate(header) if i != status and _ERROR_COLUMN.search(name)), None)
    time = next((i for i, name in enumerate(header) if _TIME_COLUMN.search(name)), None)
    if test is None or (status is None and (error is None or not place.outcome)):
        return
    for row, line in zip(table.rows[1:], table.row_lines[1:], strict=True):
        cells = (*row, *[""] * (len(header) - len(row)))
        name = MARKS.sub("", cells[test]).strip()
        if identifier := _IDENTIFIER.match(name):
            name = identifier["name"]
        elif " › " in name:
            name = name.rpartition(": ")[2]
        if not name or _TOTAL_ROW.match(name) or (status is not None and told_counts(cells[status])):
            continue
        outcome = place.outcome if status is None else marked(cells[status]) or said(cells[status])
        if outcome is None and status is not None:
            yield Warn(f"the outcome of this row is not clear: {name[:60]}: {cells[status][:30]}", line)
        if outcome is None:
            continue
        reason = cells[error] if error is not None else ""
        duration = seconds(cells[time]) if time is not None else None
        if duration is None and time is not None and re.fullmatch(r"\d+(?:\.\d+)?", cells[time]):
            duration = float(cells[time])
        file, suite, name = _named(name, place)
        yield CaseResult(
            name,
            outcome,
            suite,
            file,
            duration=duration,
            failures=(failure(reason or telling_line(place.quoted), line=line),) if outcome.is_red else (),
        )


def _checks(table: Block, status: int) -> int | None:
    """The column of what was checked in a table that does not speak of tests, if it has results as tests have them."""
    cells = [row[status] for row in table.rows[1:] if len(row) > status]
    if counts_suites(table) or 3 * sum(said(cell) is not None for cell in cells) < max(3, len(cells)):
        return None
    return next((i for i, name in enumerate(table.rows[0]) if _CHECK_COLUMN.match(name)), None)


def _miscounted(section: Section, named: int) -> Iterator[Warn]:
    """A heading that claims another number of tests than the list below it names."""
    numbers = pair(section.heading)
    if numbers and named and _TEST_HEADING.search(section.heading):
        only_some = re.search(r"(?i)^\W*(?:pass|fail)ing", section.heading)
        claimed = numbers[0] if only_some else numbers[1]
        if claimed != named:
            yield Warn(f"the heading speaks of {claimed} tests, {named} are named below it", section.line)
