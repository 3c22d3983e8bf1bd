"""A log of any size, reduced to the lines around its suspicious words at about the speed of ``grep``.

The words are looked for in whole chunks of bytes by google-re2; only the lines around a hit become text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from triage.ingest.lines import LongLines
from triage.ingest.logs.fold import COPIES, kind
from triage.ingest.reader import Source
from triage.ingest.text import MAX_LINE

BEFORE, AFTER = 4, 8
"""Lines around a hit that are looked at. A frame of a stack is a hit, so that a trace is seen whole."""

WORDS = (
    r"error|exception|fail|fatal|panic|traceback|abort|killed|crash|critical|severe|emerg|alert"
    r"|segmentation|sig(?:segv|abrt|bus|ill|kill)|core dumped|bus error|out ?of ?memory|oomkill|sanitizer"
    r"|no (?:space|such|module)|refused|reset|denied|not found|cannot|can't|could ?n[o']t|unable|undefined|deadlock|assert"
    r"|exceeded|operation was cancel|shutdown signal|lost communication|tim(?:ed?|e)[- ]?out|rate limit|too many|unauthorized|forbidden|handshake|certificate|host key"
    r"|exit(?:ed)?(?: with)?(?: code| status)?:? [1-9]|non-zero|not ok|status(?: code)?[:= ]+[45]\d\d|http[^ \n]* [45]\d\d"
    r"|level\"?[=:] ?\"?[56]0|eai_again|e\w{3,5}unreach|econn|etimedout|enotfound|eaddrinuse|enospc|eacces|enoent|epipe|emfile|eresolve"
    r"|don't know|terminate called|not loaded|illegal instruction|floating point exc|uninitialized constant|unbound variable|attempt (?:to |#?\d)|\btry #?\d|: \*\*\* |(?:definitely|possibly) lost|fishy| signal sig|signal(?: no\.?| number)?:? \(?\d|exceptioncode|== invalid |== process "
    r"|(?:^|\n)(?:[ef]\d{4} \d\d:|e: |\*\* \()|\*\* \([a-z]"
    r"|\d char:\d|err!|err_|err:\d|\[\d\d:\d\d:\d\d err|\.\w{1,6}:\d+:\d+: |\.java:\d+:\t|problem occurred|no solution|no matching|updates to go|inconsistent|mismatch|required module|doesn't|does not"
    r"|your php|duplicate symbol|smashing|diff in |overflow detected|went wrong|files matching|issue: \[|unhandledprom|corrupt|\): invalid|recogni[sz]ed as|conflict \(|rejected\]|ora-\d|session not|\d \[e\d{4}\] |\.php line \d|no output has|invalid workflow|crit: |not met|not reached"
    r"|bug: |: (?:input/|read-only|disk quota|no route|network is|argument list|device or|text file|file name|stale)|: (?:invalid|illegal|missing|unknown|unrecogni.ed) [a-z]|no valid|file format not|unterminated|premature|not in \w+ format|unexpected e|multiple definition|relocation r_|where operator|no package|is required|is needed|but version of|not installed|n't installed|be installed (?:to|before|in)|not exist|notfound|conflict: |expired: |interrupt: |exit: |missing: |(?:unknown|invalid|recognized) (?:command|sub|seq|tar|task|dir|key)|(?:not|no longer) supported|oops|protection fault|unable to handle|blocked for more|guru med|type: +exc_|unhandled |\n! [a-z]|callstack \(from|while executing|invoked from|\) called at "
    r"|== (?:conditional|use of|syscall|mismatched|source and|possible data|conflicting)|violations|code style|would reformat|modified by this|disappeared|terminated|yn00|unresolved|unknown revision"
    r"|comando interno|commande interne|falsch geschrieben oder|een interne|rozpoznawana jako|внутренней или внешней|内部或外部命令|內部或外部命令|内部コマンド|외부 명령|\.(?:java|kt|groovy|scala):\d+: ?(?:错|エラ|fehler|\xef\xbf\xbd|[\x80-\xff])"
    r"|no required module|(?:bad|unknown|unrecognized|invalid|illegal) (?:command|option|argument|flag|switch)"
    r"|##\[group\]run |current runner version|shell: [^\n]* \{0\}|\n {1,4}x [a-z]|violation|caused by|suppressed: |✘|✖|✗|❌|✕|× |● |expected|\[31m"
)
"""What a line must hold to be looked at: a superset of what ``severity`` knows, in any case."""
WARNINGS = r"|warn|deprecated|retry"
"""What else a line holds that ``severity`` takes for a hint."""
_FRAMES = r'|--> [^ \n]+:\d|[ \t]at [^ \n]|file "|[ \t]from [^ \n]+:\d|\n[ \t]*#\d+ |#\d{1,3} +0x[0-9a-f]|#\d  \w|\.go:\d|\n[ \t]+\d+: |\n[ \t]*❯ |│ '

_FLOOD = 1_000
"""Of one line near a hit, where the lines of a trace are: a log that says nothing else ends in this."""

_CHUNK = 1 << 20
_END = 1 << 14
"""Bytes that are the end of a log."""
_MOST_KEYS = 50_000
NOT_BYTES = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
"""Encodings in which words are not the bytes of their letters."""


@cache
def _pattern(words: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.log_errors = False
    return re2.compile((words + _FRAMES).encode(), options)


@dataclass(slots=True)
class Repeated:
    """A line that was said again and again."""

    first: int = 0
    """1-based number of the first one."""
    line: str = ""
    count: int = 1
    told: int = 0
    """How many of these were not left out."""


class Scan:
    """The lines around what may be a failure, with their 1-based numbers, ascending; all others are left out.

    A line that was said ``COPIES`` times, values aside, is only counted from then on.
    """

    def __init__(
        self, source: Source, after: int = AFTER, whole_end: bool = False, words: str = WORDS
    ) -> None:
        self._source = source
        self._after = after
        self._words = words
        self._whole_end = whole_end
        """Whether what was said again and again is told at the end of the log nevertheless."""
        self._at_end = False
        self._seen: dict[bytes, Repeated] = {}
        self._near: Counter[bytes] = Counter()
        self.marked = False
        """Whether a CI system marked a line as an error, or may have."""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        source, encoding = self._source, self._source.encoding
        if encoding in NOT_BYTES:
            self.marked = True
            yield from enumerate(source.lines(), 1)
            return
        cleaner = source.cleaner
        walk = _Walk(_pattern(self._words), self._is_boring, self._after)
        with source.open() as stream:
            chunks = whole_lines(chunks_of(stream.read), source.long)
            for chunk in self._told_apart(chunks) if self._whole_end else chunks:
                for number, raw in walk.around(chunk):
                    self.marked = self.marked or b"##[error]" in raw
                    text = raw[: MAX_LINE * 4].decode(encoding, "replace")
                    if len(text) > MAX_LINE + 1:
                        source.long.add(number)
                    line = cleaner.clean(text)
                    if (seen := self._seen.get(kind(raw))) is not None:
                        seen.told += 1
                        if not seen.first:
                            seen.first, seen.line = number, line
                    yield number, line

    def repeated(self) -> list[Repeated]:
        """What was only counted from some point on."""
        return [line for line in self._seen.values() if line.count > COPIES]

    def _told_apart(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """``chunks``, the last of them in two: what is the end, and what stands before."""
        held = b""
        for chunk in chunks:
            if held:
                yield held
            held = chunk
        cut = held.rfind(b"\n", 0, max(0, len(held) - _END)) + 1
        if cut:
            yield held[:cut]
        self._at_end = True
        yield held[cut:]

    def _is_boring(self, raw: bytes, near: bool) -> bool:
        key = kind(raw)
        seen = self._seen.get(key)
        if near:
            if key in self._near or len(self._near) < _MOST_KEYS:
                self._near[key] += 1
            if self._near[key] <= _FLOOD:
                if seen is not None:
                    seen.count += 1
                return False
        if seen is None:
            if len(self._seen) < _MOST_KEYS:
                self._seen[key] = Repeated()
            return False
        seen.count += 1
        return seen.count > COPIES and not self._at_end


def chunks_of(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What is read, in chunks in which LF ends a line, whatever ended it before."""
    held = b""
    while (data := read(_CHUNK)) or held:
        chunk, held = held + data, b""
        if data and chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"  # what comes next may be its LF
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk


def whole_lines(chunks: Iterable[bytes], long: LongLines) -> Iterator[bytes]:
    """The ``chunks``, each up to an end of a line; of a line longer than ``MAX_LINE`` the rest is lost."""
    rest = b""
    ended = 0
    skipping = False
    for chunk in chunks:
        if skipping:
            end = chunk.find(b"\n")
            if end < 0:
                continue
            chunk, skipping = chunk[end:], False
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest + chunk[:end]
            ended += chunk.count(b"\n")
            rest = chunk[end:]
        else:
            rest += chunk
        if len(rest) > MAX_LINE * 4:
            long.add(ended + 1)
            rest, skipping = rest[: MAX_LINE * 4], True
    if rest:
        yield rest


class _Walk:
    """Goes from hit to hit; remembers between chunks what is still owed and what stood before."""

    def __init__(self, pattern: Any, is_boring: Callable[[bytes, bool], bool], after: int) -> None:
        self._search = pattern.search
        self._is_boring = is_boring
        self._after = after
        self._number = 1
        self._owed = 0
        self._before: list[bytes] = []

    def around(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The lines of ``data`` around hits; ``data`` begins where the last call's ended."""
        search = self._search
        position, size = 0, len(data)
        seek = 0
        reach: int | None = None
        while seek < size:
            hit = search(data, seek)
            if hit is None:
                break
            # A hit may begin with the line end in front of its line.
            found = hit.end() - 1
            start = data.rfind(b"\n", position, found) + 1 or position
            end = data.find(b"\n", found) + 1 or size
            line = data[start:end]
            if reach is None:
                reach = self._reach(data, position)
            if self._is_boring(line, start <= reach):
                seek = end
                continue
            yield from self._walk(data, position, start)
            yield self._number, line
            self._number += 1
            self._owed = self._after
            position = seek = end
            reach = None
        if position < size:
            yield from self._walk(data, position, size)

    def _reach(self, data: bytes, position: int) -> int:
        """Where the next ``AFTER`` lines behind the last hit end; before ``data`` if they have been told."""
        near = min(self._owed, self._owed - (self._after - AFTER))
        end = position if near > 0 else -1
        for _ in range(near):
            end = data.find(b"\n", end) + 1 or len(data)
        return end

    def _walk(self, data: bytes, position: int, target: int) -> Iterator[tuple[int, bytes]]:
        """What is owed of the last hit, then the last lines before ``target``; in between only the lines are counted."""
        while self._owed and position < target:
            end = data.find(b"\n", position, target) + 1 or target
            yield self._number, data[position:end]
            self._number += 1
            self._owed -= 1
            position = end
        tail = target
        for _ in range(BEFORE):
            if tail <= position:
                break
            tail = data.rfind(b"\n", position, tail - 1) + 1 or position
        self._number += data.count(b"\n", position, tail)
        context = data[tail:target].splitlines() if target > tail else []
        if tail > position:
            self._before.clear()
        if target < len(data):
            first = self._number - len(self._before)
            yield from enumerate(self._before, first)
            self._before.clear()
            yield from enumerate(context, self._number)
        else:
            self._before = (self._before + context)[-BEFORE:]
        self._number += len(context)
