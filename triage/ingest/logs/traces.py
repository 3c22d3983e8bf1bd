"""What belongs to a failure in a log: the line that says it, its stack, its causes, its continuation.

The forms are those that the languages' own runtimes print: Python (``traceback``, PEP 654 for groups), the JVM
(``Throwable.printStackTrace``), V8, Go (``runtime/traceback.go``), Rust, .NET, Ruby, PHP, the sanitizers of LLVM, gdb.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import dropwhile, takewhile

from triage.ingest.logs import heads
from triage.ingest.logs.severity import CAUSE, WRAPPER, is_echo, severity
from triage.ingest.logs.trace import Trace, said_below
from triage.ingest.logs.tracebacks import ALONE, CHAIN, GROUP, GROUP_MARGIN, IN_TRACEBACK, TRACEBACK, shape
from triage.ingest.logs.tries import Tries

MAX_LINES = 400
"""Lines of one failure; what comes after is left out."""
_BEFORE, _AFTER = 3, 3
_MAX_PENDING = 6
_MAX_MESSAGE = 40
"""Lines of a message (a diff) that may stand between an exception and its first frame."""

FRAME = re.compile(
    r"\s+at \S|\s*\.\.\. \d+ (?:more|common frames)|\s*Caused by:|\s*Suppressed: |\s*File \"[^\"]+\", line \d"
    r"|goroutine \d+ \[|created by \S|\s+\S+\.go:\d+|\s*\d+: +(?:0x[0-9a-f]+ - )?\S|\s+from \S+:\d+|\s*#\d+ +\S"
    r"|\s*stack backtrace:|\s*Stack trace:|\s*note: run with `?RUST_BACKTRACE|\s*--- End of |\s+thrown in "
    r"|\s*At .+:\d+ char:\d+$|\s+\+ (?:CategoryInfo|FullyQualifiedErrorId) *: |\s*\[signal |\s*❯ \S|==\d+==|SUMMARY: \w+Sanitizer"
    r"|.{1,120}\] +#\d+ 0x[0-9a-f]+ in \S|l\.\d+ |CallStack \(from HasCallStack\):|stack traceback:$"
    r"|\s+(?:while executing|invoked from within)$|\t[\w:]+\(.*\) called at \S+ line \d"
)
ANNOUNCED = re.compile(
    r"<<< (?:FAILURE|ERROR)!|\S > .*\bFAILED\s*$|^\s*● (?:.* › |Test suite failed)|^ {1,4}\d+\) |^not ok \d|^--- FAIL:|^ ?FAIL +\S+\.\w+|^FAILED \S+::"
)
"""How runners begin to tell of a test that failed."""
_GO_CALL = re.compile(r"[\w./*()\-·%]+\([^()]*\)$|\t\S|exit status \d|runtime: ")
_PREFIX = re.compile(
    r"\s*(?:\[(?:ERROR|error|FATAL|SEVERE|CRITICAL|javac|scalac|groovyc|kotlinc)\]|(?:\d+\.\d+ )?npm (?:ERR!|error)|E(?= {3})|error:|#)(?= |$)"
)
_EVENT = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d)\b|.{0,40}(?:\b(?:ERROR|FATAL|CRITICAL|SEVERE)\b|\[error\])"
)
"""Has a stamp or a level of its own."""
_EXCEPTION = re.compile(r"(?:\s*(?:[\w$]+[.:]{1,2})*|.*: )(?:[A-Z][\w$]*)?(?:Error|Exception)\b|\*\* \(")
_ANNOTATION = "::error"
"""What a tool tells GitHub Actions: all of it in one line."""
_GO_PANIC = re.compile(r"(?:panic|fatal error): ")


class _Growing:
    """A trace whose end is not known yet."""

    def __init__(self, number: int, line: str, score: float, before: Iterable[str]) -> None:
        self.trace = Trace(number, line, list(before), score, line, [line])
        self._pending: list[str] = []
        self._indent = _indent(line)
        prefix = _PREFIX.match(line)
        self._prefix = prefix[0] if prefix else ""
        msbuild = heads.MSBUILD.match(line[:1_000])
        self._mark = msbuild["mark"] if msbuild else ""
        self._go = _GO_PANIC.match(line) is not None
        self._section = heads.SECTION.match(line) is not None
        self._margin: re.Pattern[str] | None = None
        """What stands before the word Traceback, while its exception has not come."""
        self._ended = False
        """A traceback whose exception has been told."""
        self._ended_once = False
        self._grouped = False
        """Whether it is a group of exceptions (PEP 654), whose lines have a margin."""
        self._stacked = False
        self._chained = False
        """Whether another exception of the chain is to come."""
        self._said = 0.0
        self._empty = heads.EMPTY.match(line) is not None
        self._unhandled = line.strip() == heads.UNHANDLED or heads.PHP_CLASS.match(line) is not None
        self._look_for_traceback(line)

    def takes(self, line: str, score: float) -> bool:
        """Whether ``line`` may belong to it; what only may is kept until it is known."""
        if len(self.trace.lines) + len(self._pending) >= MAX_LINES:
            return False
        if (
            heads.SUREFIRE.match(line)
            or line.startswith(_ANNOTATION)
            or self.trace.head.startswith(_ANNOTATION)
        ):
            return False
        if self._margin is not None:
            return self._takes_in_traceback(line)
        if self._chained:
            return self._takes_in_chain(line, score)
        if (said := said_below(self.trace, line, score, bool(self._pending))) is not None:
            self._accept(line)
            self.trace.message, self.trace.score = said
            return True
        if (
            self.trace.score == CAUSE
            and heads.ABORTED.match(line[:200])
            and not any(text.strip() for text in self._pending)
        ):
            self._accept(line)
            return True
        if (
            self._stacked
            and not self._pending
            and line != self.trace.head
            and heads.RUBY.match(line[:1_000])
            and heads.RUBY.match(self.trace.head[:1_000])
        ):
            self._accept(line)
            return True
        if heads.POWERSHELL.match(line) and any(map(heads.POWERSHELL.match, self.trace.lines)):
            return False
        if heads.POINTER.match(line) and self._pending and heads.CODED.match(self._pending[-1]):
            return False
        if heads.PASSED.match(line) or (not self._section and heads.HEADING.match(line)):
            return False
        if self._empty and not _EVENT.match(line[:200]):
            return self._takes_message(line, score)
        if not line.strip():
            return self._wait(line)
        if self._belongs(line, score):
            self._accept(line)
            self._chained = self.trace.score == CAUSE and CHAIN.match(line) is not None
            if not self._look_for_traceback(line):
                self._judge(line, score)
            return True
        if TRACEBACK.match(line):
            return False
        if self._is_its_exception(line, score):
            self._accept(line)
            self._judge(line, score)
            return True
        # What says less right behind a cause is its echo, not a second failure, unless it announces one.
        echo = score < WRAPPER or (score <= WRAPPER < self.trace.score and not ANNOUNCED.search(line[:500]))
        return echo and self._wait(line)

    def is_heading_of(self, line: str, score: float) -> bool:
        """Whether it is no more than the heading above the cause that ``line`` tells."""
        bare = self.trace.score < CAUSE == score and len(self.trace.lines) == 1
        return bare and heads.is_heading(self.trace.head, self._pending, line)

    def finish(self) -> Trace:
        """What is known to belong to it, and a few lines behind."""
        self.trace.after = self._pending[:_AFTER]
        self.trace.told = self._margin is None or self._ended_once
        if self.trace.message is self.trace.head and self.trace.head.rstrip().endswith(":"):
            said = next((line for line in self.trace.lines[1:] if line.strip()), "")
            if heads.PHP_PLACE.match(self.trace.head):
                # Its box is as wide as its longest line, or cuts words at the width of the terminal.
                box = dropwhile(lambda line: not line.strip(), self.trace.lines[1:])
                self.trace.message = (
                    "\n".join(line.strip() for line in takewhile(str.strip, box)) or self.trace.head
                )
                return self.trace
            if (_indent(said) > self._indent or self._unhandled) and said.strip():
                self.trace.message = (
                    said
                    if self.trace.head.strip() == heads.UNHANDLED
                    else f"{self.trace.head.rstrip()} {said.strip()}"
                )
        if heads.BUNDLER.match(self.trace.head):
            place, said = [*filter(str.strip, [*self.trace.lines[1:], *self.trace.after]), "", ""][:2]
            if said and heads.BUNDLED.match(place):
                self.trace.message = f"{place.strip()}: {said.strip()}"
        return self.trace

    @property
    def passed_by(self) -> list[str]:
        """The lines that turned out not to belong to it."""
        return self._pending

    def _takes_message(self, line: str, score: float) -> bool:
        self._accept(line)
        if score >= WRAPPER and (self.trace.message is self.trace.head or score >= self._said):
            self._said, self.trace.message = score, line.strip()
        return True

    def _takes_in_traceback(self, line: str) -> bool:
        margin = self._margin.match(line) if self._margin else None
        if margin is None and line.lstrip().startswith('File "'):
            # What stands before the word is no margin, but a text of its own.
            self._margin = shape("")
            margin = self._margin.match(line)
        if self._grouped:
            # Of a group, what comes below its own exception tells of its parts.
            margin = GROUP_MARGIN.match(line) or margin
        bare = line[margin.end() :] if margin else line
        self._accept(line)
        inside = bare.startswith((" ", "\t", 'File "')) or IN_TRACEBACK.match(bare) or GROUP.match(bare)
        if bare.strip() and not inside:
            if not (self._grouped and self._ended_once) or self.trace.message.endswith(ALONE):
                self.trace.message, self.trace.score = bare.strip(), CAUSE
            self._margin, self._ended, self._ended_once = None, True, True
        elif not margin and line.strip():
            self._margin = None
        return True

    def _takes_in_chain(self, line: str, score: float) -> bool:
        """What stands between two exceptions of a chain that rich or IPython printed, up to the second."""
        self._accept(line)
        if score == CAUSE and _EXCEPTION.match(line[:1_000]):
            self.trace.message, self._chained = line.strip(), False
        elif self._look_for_traceback(line):
            self._chained = False
        return True

    def _look_for_traceback(self, line: str) -> bool:
        if match := TRACEBACK.match(line):
            self._margin, self._ended = shape(match["margin"]), False
            self._grouped = self._grouped or "Exception Group" in line
            self.trace.score = CAUSE
            return True
        return False

    def _belongs(self, line: str, score: float) -> bool:
        if self._mark and (rest := line.lstrip()).startswith(self._mark):
            return FRAME.match(rest[len(self._mark) :]) is not None
        if heads.SANITIZER.match(line) and not heads.CAUGHT.search(self.trace.message):
            return False
        if FRAME.match(line):
            self._stacked = True
            return score < CAUSE or heads.OF_VALGRIND.match(line) is None
        if TRACEBACK.match(line):
            # Behind a stack and other words, or an exception that it does not follow from, it is of another failure.
            last = next((text for text in reversed(self.trace.lines) if text.strip()), "")
            told = self._ended and self._pending and not self._grouped and not CHAIN.match(last)
            return not told and not (self._stacked and any(text.strip() for text in self._pending))
        if CHAIN.match(line) or GROUP.match(line):
            return True
        if self._ended:
            return False
        if self._prefix and line.startswith(self._prefix) and not self._pending:
            # Each error of a compiler is a failure of its own, what stands below it with the same mark is its detail.
            return (
                score < CAUSE
                or self.trace.score < CAUSE
                or FRAME.match(line[len(self._prefix) :]) is not None
            )
        if self._go and _GO_CALL.match(line):
            return True
        if self._section and _indent(line) > self._indent:
            return True
        if _indent(line) > self._indent or (heads.CLOSER.match(line) and len(self.trace.lines) > 1):
            return not self._pending
        return False

    def _is_its_exception(self, line: str, score: float) -> bool:
        """An exception told right below the line of the logger that announces it."""
        return (
            score == CAUSE
            and _EXCEPTION.match(line[:1_000]) is not None
            and not is_echo(line)
            and not _EVENT.match(line[:200])
            and len(self.trace.lines) == 1
            and not any(text.strip() for text in self._pending)
            and not self._prefix
            and (
                self.trace.score < CAUSE
                or line.strip() in self.trace.head
                or self._unhandled
                or heads.says(self.trace.head, line)
            )
        )

    def _judge(self, line: str, score: float) -> None:
        if is_echo(line):
            return
        # npm begins with codes and paths, Nix with an exit code, and tell what went wrong below.
        later = score == self.trace.score and is_echo(self.trace.message)
        # A sanitizer begins with the news that there was a signal.
        later = later or (score == CAUSE and heads.CAUGHT.search(self.trace.message) is not None)
        if heads.BARE_CAUSE.match(self.trace.message) and heads.SPEAKING_CAUSE.match(line):
            later, line = True, line.strip().removeprefix("Caused by: ")
        if later or score > self.trace.score:
            self.trace.score, self.trace.message = score, line

    def _wait(self, line: str) -> bool:
        most = _MAX_MESSAGE if self.trace.score == CAUSE and not self._stacked else _MAX_PENDING
        if len(self._pending) >= most:
            return False
        self._pending.append(line)
        return True

    def _accept(self, line: str) -> None:
        self.trace.lines += [*self._pending, line]
        self._pending.clear()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def traces(numbered: Iterable[tuple[int, str]]) -> Iterator[Trace]:
    """The failures in ``numbered`` lines, in their order; a jump in the numbers ends what is open.

    >>> [t.message for t in traces(enumerate(["ok", "KeyError: 'a'", "    at f (a.js:1:2)", "bye"], 1))]
    ["KeyError: 'a'"]
    """
    tries = Tries()
    return tries.told(_all(tries.watched(numbered)))


def _all(numbered: Iterable[tuple[int, str]]) -> Iterator[Trace]:
    before: deque[str] = deque(maxlen=_BEFORE)
    growing: _Growing | None = None
    expected = 0
    calm = False
    for number, line in numbered:
        if number != expected:
            if growing is not None:
                yield growing.finish()
                growing = None
            before.clear()
        expected = number + 1
        calm = (calm and line[:2] in ("", "  ")) or (
            line.endswith(("]", ":")) and heads.CALM.match(line) is not None
        )
        score = 0.0 if calm else severity(line)
        if growing is not None:
            if heads.IGNORED.match(line):
                growing = None
                continue
            if growing.is_heading_of(line, score):
                before.extend((growing.trace.head, *growing.passed_by))
                growing = _begun(number, line, score, list(before))
                before.clear()
                continue
            if growing.takes(line, score):
                continue
            yield growing.finish()
            before.extend(growing.passed_by[-_BEFORE:])
            growing = None
        pointed = before and heads.POINTER.match(line) and heads.CODED.match(before[-1])
        if score >= WRAPPER or pointed or TRACEBACK.match(line):
            growing = _begun(number, line, score, list(before))
            before.clear()
        else:
            before.append(line)
    if growing is not None:
        yield growing.finish()


def _begun(number: int, line: str, score: float, before: list[str]) -> _Growing:
    """The trace that ``line`` tells of, from the heading of its test on."""
    start = next((i for i, text in enumerate(before) if heads.NUMBERED.match(text)), len(before))
    said_above = heads.POWERSHELL.match(line) or heads.STACK.match(line) or heads.POINTER.match(line)
    torn = before and heads.CLASS_ALONE.match(line) and heads.RUBY_BEGUN.match(before[-1][:1_000])
    if (said_above or torn) and before and before[-1].strip():
        start = len(before) - 1
    lead = before[start:]
    if not lead:
        return _Growing(number, line, score, before)
    growing = _Growing(number - len(lead), lead[0], score, before[:start])
    growing.trace.lines[1:] = [*lead[1:], line]
    growing.trace.message = f"{lead[0].rstrip()} {line.strip()}" if torn else lead[0] if said_above else line
    return growing


def telling(lines: Iterable[str]) -> list[str]:
    """``lines`` up to the first stack frame."""
    return list(takewhile(lambda line: not FRAME.match(line), lines))
