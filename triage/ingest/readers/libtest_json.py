"""Rust's libtest as JSON: ``cargo test -- --format json``, and nextest's ``libtest-json``; one event a line.

After ``library/test/src/formatters/json.rs`` of rust-lang/rust. What cargo and the compiler say (as text or with
``--message-format json``) stands between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from triage.ingest.broken_off import judged
from triage.ingest.json_report import miscounted
from triage.ingest.json_text import get, integer, load_lines, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.rust_text import begins_failure, is_harness, panic_failure, several_lines
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_EVENT = re.compile(
    r'^\{\s*+"(?:type": ?"(?:suite|test|bench|report)"|reason": ?"(?:compiler-|build-|timing-info))',
    re.MULTILINE,
)
_OUTCOMES = {
    "ok": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "timeout": Outcome.FAILED,
    "ignored": Outcome.SKIPPED,
    "allowed_failure": Outcome.XFAILED,
}
_TIMED_OUT = {"time limit exceeded": "test timeout"}
"""In the words of nextest's console and JUnit report: one failure is one, whoever tells it."""
_RUNNING = re.compile(r"^\s+(?:Running|Doc-tests) (?P<name>.+)$")
_PANIC = re.compile(
    r"^(?:thread '.*?'(?: \(\d+\))? )?panicked at (?:'(?P<old>.*)', )?(?P<file>[^\s:][^:]*):(?P<line>\d{1,9}):\d+:?$"
)
_RETRY = re.compile(r"#(?P<try>\d{1,3})$")
"""What nextest puts behind a name: which try of a test that was."""
_TEXT_ERROR = re.compile(r"^error(?:\[E\d+\])?: (?!test failed|could not compile|\d+ targets? failed)")


def _sniff(sample: Sample) -> int:
    return 92 if _EVENT.search(sample.text) and not sample.text.lstrip().startswith("[") else 0


@dataclass
class _Run:
    suite: str = ""
    """The crate or target whose tests are told."""
    open: int = 0
    """Suites that began and did not end."""
    ended: bool = False
    running: dict[str, int] = field(default_factory=dict)
    """Tests that began, with their line."""
    counted: int = 0
    stated: int = 0
    nextest: bool = False
    seconds: float = 0.0


def _read(source: Source, verdict: list[Failure]) -> Iterator[Item]:
    run = _Run()
    told, last = False, 0
    tries: dict[tuple[str, str], list[CaseResult]] = {}
    for last, event, line in load_lines(source):
        if event is None:
            if match := _RUNNING.match(line[:1_000]):
                run.suite = match["name"].partition(" (")[0].removeprefix("unittests ")
            elif _TEXT_ERROR.match(line[:1_000]):
                told = True
                yield Failure(line.strip(), kind="error", source_line=last)
            continue
        kind, name = text(event, "type"), text(event, "name")
        if kind == "suite":
            told = True
            _suite(run, event)
            if text(event, "event") == "failed":
                verdict.append(Failure("a suite failed, and no test of it", kind="error", source_line=last))
        elif kind == "test" and text(event, "event") == "started":
            run.running[name] = last
        elif kind in ("test", "bench"):
            if kind == "test" and text(event, "event") == "timeout" and name in run.running:
                continue  # only that it is slow: it goes on
            told = True
            # nextest tells the last try or each of them, with its number behind the name; where they begin it has none.
            again = _RETRY.search(name) is not None and "$" in name
            run.running.pop(name, None)
            run.running.pop(_RETRY.sub("", name) if again else name, None)
            run.nextest = run.nextest or "$" in name
            case = _case(run, event, last)
            # A suite of nextest that goes on counts what it ignored once more.
            run.counted += not (run.nextest and case.outcome is Outcome.SKIPPED)
            key = (case.suite, case.name)
            if again and key in tries:
                tries[key].append(case)
            else:
                # Crates may have tests of the same name, and their suites none.
                tries[key if key not in tries else (f"{case.suite}\0{run.counted}", case.name)] = [case]
        elif text(event, "reason") == "compiler-message" and (error := _compiler(event, last)):
            told = True
            yield error
        elif text(event, "reason") == "build-finished":
            told = True
    if not told:
        raise IngestError(
            f"{source.name}:{last}: no test event up to here; was the run stopped at its start?"
        )
    yield RunInfo(duration=round(run.seconds, 6) if run.seconds else None)
    cases = [_joined(results) for results in tries.values()]
    for name, number in run.running.items():
        said = "the run ended while this test was running: a crash, a kill or a time-out"
        failure = Failure(said, kind="error", source_line=number)
        cases.append(_named(run, name, Outcome.ERROR, failures=(failure,)))
    yield from cases
    if run.open:
        yield Warn("a suite has no end: the run was stopped or crashed", last)
    else:
        yield from miscounted(run.stated if run.stated else None, run.counted)


def _suite(run: _Run, event: dict[str, Any]) -> None:
    if text(event, "event") == "started":
        run.open += 1
        crate, target = text(event, "nextest", "crate"), text(event, "nextest", "test_binary")
        run.suite = f"{crate}::{target}" if crate and target != crate else crate or run.suite
        return
    run.open -= 1
    ignored = () if run.nextest else ("ignored",)
    run.stated += sum(integer(event, key) or 0 for key in ("passed", "failed", *ignored, "measured"))
    run.seconds += _seconds(event) or 0.0


def _seconds(event: dict[str, Any]) -> float | None:
    spent = get(event, "exec_time")
    if isinstance(spent, str):
        # Before Rust 1.48 a text: "0.012s".
        digits = spent.removesuffix("s")
        return float(digits) if re.fullmatch(r"\d{1,9}(?:\.\d{1,12})?", digits) else None
    return float(spent) if isinstance(spent, int | float) and 0 <= spent < 1e9 else None


def _named(run: _Run, name: str, outcome: Outcome, **rest: Any) -> CaseResult:
    binary, mark, inner = name.partition("$")
    if not mark:
        return CaseResult(name, outcome, run.suite, **rest)
    again = _RETRY.search(inner)
    return CaseResult(
        inner[: again.start()] if again else inner,
        outcome,
        binary,
        attempts=int(again["try"]) if again else 1,
        **rest,
    )


def _case(run: _Run, event: dict[str, Any], number: int) -> CaseResult:
    if text(event, "type") == "bench":
        return _named(run, text(event, "name"), Outcome.PASSED)
    outcome = _OUTCOMES.get(text(event, "event"), Outcome.ERROR)
    failures: tuple[Failure, ...] = ()
    if outcome.is_red:
        failures = (_failure(event, number),)
    reason = text(event, "message") if outcome is Outcome.SKIPPED else ""
    return _named(
        run,
        text(event, "name"),
        outcome,
        duration=_seconds(event),
        failures=failures,
        output="" if outcome.is_red else _output(event),
        properties=(("reason", reason),) if reason else (),
    )


def _output(event: dict[str, Any]) -> str:
    kept = (text(event, key).strip("\n") for key in ("stdout", "output", "stderr"))
    return "\n".join(filter(None, kept))


def _failure(event: dict[str, Any], number: int) -> Failure:
    """The panic in the captured output; the message of libtest itself for a test that should have panicked."""
    said, output = text(event, "message") or text(event, "reason"), _output(event).strip("\n")
    said = _TIMED_OUT.get(said, said)
    lines = output.split("\n")
    for index, line in enumerate(lines):
        if match := _PANIC.match(line[:1_000]):
            below = []
            for following in lines[index + 1 :]:
                if following.startswith(("note: ", "stack backtrace:")):
                    break
                below.append(following)
            message = match["old"] or "\n".join(below).strip() or "panicked"
            return Failure(message, "", "failure", output, match["file"], int(match["line"]), number)
    if (panic := several_lines(lines, number)) is not None:
        return panic
    name = _RETRY.sub("", text(event, "name").rpartition("$")[2])
    kept = [line for line in lines if not is_harness(line[:1_000], name)]
    if not said and any(map(begins_failure, kept)):
        return replace(panic_failure("\n".join(kept), number), trace=output)
    last = next((line for line in reversed(kept) if line.strip()), "")
    message = said or last.strip() or f"ended as '{text(event, 'event')}', and the report does not say why"
    return Failure(message, trace=output, source_line=number)


def _joined(results: list[CaseResult]) -> CaseResult:
    """One case of all its tries, of which the last decides."""
    if len(results) == 1:
        return results[0]
    last = results[-1]
    spent = [case.duration for case in results if case.duration is not None]
    return CaseResult(
        last.name,
        last.outcome,
        last.suite,
        duration=round(sum(spent), 6) if spent else None,
        attempts=max(len(results), last.attempts),
        failures=tuple(failure for case in results for failure in case.failures),
        output=last.output,
        properties=last.properties,
    )


def _compiler(event: dict[str, Any], number: int) -> Failure | None:
    if text(event, "message", "level") != "error" or text(event, "message", "message").startswith("aborting"):
        return None
    spans = get(event, "message", "spans")
    span = next((s for s in spans if get(s, "is_primary") is True), None) if isinstance(spans, list) else None
    code = text(event, "message", "code", "code")
    return Failure(
        message=text(event, "message", "message") or "error",
        type=f"error[{code}]" if code else "",
        kind="error",
        trace=text(event, "message", "rendered").strip("\n"),
        file=text(span, "file_name") or None,
        line=integer(span, "line_start"),
        source_line=number,
    )


READER = Reader("libtest-json", _sniff, judged(_read))
