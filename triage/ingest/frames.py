"""Stack frames of many languages: which file, line and function, and whether it is the project's own code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MAX_LINE = 2_000
"""Characters of a line that can be a frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on a stack."""

    file: str
    """As the runtime wrote it."""
    line: int | None
    """1-based."""
    function: str
    """With its class or module where the runtime says it; empty if it does not."""
    own: bool
    """False for the language's library, a package that was installed, and the runner."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How one runtime writes a frame."""

    start: str
    """What the line begins with, spaces and marks of groups aside; empty for what only the pattern knows."""
    pattern: re.Pattern[str]
    innermost_last: bool = False
    """Python lists the place of the error last, all others first."""
    library: re.Pattern[str] | None = None
    """What is no code of the project, besides the places that hold packages in any language."""
    has: str = ""
    """What the line has somewhere, where it does not begin with it."""


_PACKAGES = re.compile(
    r"site-packages|dist-packages|node_modules|/usr/(?:lib|include)/|/lib/python\d|<frozen|/rustc/|/\.cargo/"
    r"|^<anonymous>$|/pkg/mod/|/usr/local/go/|/go[^/]*/src/|/gems/|/ruby/\d|/vendor/|/deps/|\.m2/repository|/\.nuget/"
    r"|libsanitizer/|/compiler-rt/|importlib/|_pytest/|(?:^|/)unittest/|asyncio/|(?:^|/)pluggy/"
)
_JVM = re.compile(
    r"(?:java|javax|jdk|sun|com\.sun|org\.junit|junit\.|org\.testng|kotlin|scala|groovy|org\.gradle|org\.codehaus"
    r"|org\.apache\.maven|org\.assertj|org\.hamcrest|org\.mockito|io\.kotest|org\.opentest4j|org\.scalatest|clojure"
    r"|worker\.org\.gradle|org\.spockframework|jakarta|reactor\.core|io\.netty|org\.springframework)\b"
)
_NODE = re.compile(r"node:|internal/|native |\[native code\]|(?:chrome|webpack)-?(?:extension|internal):")
_DOTNET = re.compile(r"(?:System|Microsoft|Xunit|NUnit|MSTest|FluentAssertions|Moq|Shouldly|Castle)\.")
_RUST = re.compile(r"(?:std|core|alloc|test|rust_begin_unwind|__rust\w*|panic_unwind)\b(?:::|$)|/library/")
_GO = re.compile(r"(?:runtime|testing|reflect|net/http|sync|os|syscall)[./]|panic\(|_testmain\.go")
_NATIVE = re.compile(
    r"(?:vg_replace_|__libc_|_start\b|testing::|boost::|Catch::|doctest::|raise\b|abort\b|gsignal|std::)"
)

# In the order of asking: what is more particular first. A function may be behind or before its file.
_FORMS = (
    _Form(
        'File "',
        re.compile(
            r'\s*(?:[|+] *)*File "(?P<file>[^"]{1,500})", line (?P<line>\d{1,9})(?:, in (?P<function>\S[^\n]{0,200}))?'
        ),
        innermost_last=True,
    ),
    _Form(
        "at ",
        re.compile(
            r"\s*(?:\[\w+\]\s+)?at (?P<function>[\w.$/<>@\-]{1,300}) ?\((?:(?P<file>[\w$.-]{1,200}\.(?:java|kt|kts|scala|groovy|clj)):(?P<line>\d{1,9})"
            r"|(?:Native Method|Unknown Source|<generated>))\)"
        ),
        library=_JVM,
    ),
    _Form(
        "at ",
        re.compile(
            r"\s*at (?:async )?(?:(?P<function>[^\n()]{1,300}?) \()?(?:file://)?(?P<file>(?:[A-Za-z]:)?[^()\s:]{1,500}|node:[\w/]+|\w+://[^()\s]{1,500}?):(?P<line>\d{1,9}):\d+\)?\s*$"
        ),
        library=_NODE,
    ),
    _Form(
        "at ",
        re.compile(
            r"\s*at (?P<function>[^\n()]{1,300}\([^\n()]{0,500}\))(?: in (?P<file>[^\n]{1,500}?):line (?P<line>\d{1,9}))?\s*$"
        ),
        library=_DOTNET,
    ),
    # .NET in the language of the machine, and Mono: ``bei A.B() in C:\\a b\\X.cs:Zeile 7``, ``in /a/X.cs:7``.
    _Form(
        "",
        re.compile(
            r"\s*\w{1,10} (?P<function>[^\n()]{1,300}\([^\n()]{0,500}\))(?: \[[^\]\n]{1,20}\])? \w{1,6} "
            r"(?P<file>(?:[A-Za-z]:)?[^\n:<>|]{1,300}\.(?:cs|vb|fs|feature|razor)):\D{0,12}(?P<line>[1-9]\d{0,8})"
        ),
        library=_DOTNET,
    ),
    _Form(
        "❯ ",
        re.compile(r"\s*❯ (?:(?P<function>[^\n]{1,300}) )?(?P<file>\S{1,500}?):(?P<line>\d{1,9}):\d+$"),
        library=_NODE,
    ),
    _Form(
        "",
        re.compile(
            r"(?P<function>[^\s@/(){}]{0,200})@(?P<file>\w+://[^\s]{1,500}?|/[^\s]{1,500}?):(?P<line>\d{1,9}):\d+$"
        ),
        library=_NODE,
    ),
    _Form("", re.compile(r"\t(?P<file>\S{1,500}\.go):(?P<line>\d{1,9})(?: \+0x[0-9a-f]+)?$"), library=_GO),
    _Form(
        "",
        re.compile(
            r"[^\n]{0,200}?\bpanicked at (?:'[^\n]{0,1000}', )?(?P<file>[^\s:']{1,500}\.rs):(?P<line>\d{1,9}):\d+:?$"
        ),
        library=_RUST,
        has="panicked at ",
    ),
    _Form("at ", re.compile(r"\s+at (?P<file>\S{1,500}\.rs):(?P<line>\d{1,9})(?::\d+)?$"), library=_RUST),
    _Form(
        "",
        re.compile(
            r"\s*(?:from |# )?(?P<file>[^\s:]{1,500}\.(?:rb|erb|rake|ru)):(?P<line>\d{1,9})(?::in [`'](?P<function>[^\n']{1,200})')?"
        ),
    ),
    # Where it was thrown; the last line of a trace ("thrown in") only repeats that.
    _Form(
        "",
        re.compile(
            r"(?!\s+thrown in )[^\n]{0,1500}? in (?P<file>(?:[A-Za-z]:)?[^\s:()]{1,500}\.(?:php|phtml))(?::| on line )(?P<line>\d{1,9})$"
        ),
        has=".ph",
    ),
    _Form(
        "#",
        re.compile(
            r"\s*#\d{1,4} +(?P<file>(?:[A-Za-z]:)?[^\s()]{1,500}\.php)[(:](?P<line>\d{1,9})\)?(?:: (?P<function>[^\n(]{1,200})\()?"
        ),
    ),
    _Form(
        "#",
        re.compile(
            r"\s*#\d{1,4} +(?:0x[0-9a-f]+ )?in (?P<function>[^\n]{1,300}?) (?:\([^\n]*\) at )?(?P<file>(?:[A-Za-z]:)?[^\s():]{1,500}):(?P<line>\d{1,9})(?::\d+)?(?: \([^\n()]{1,300}\))?\s*$"
        ),
        library=_NATIVE,
    ),
    _Form(
        "#",
        re.compile(
            r"\s*#\d{1,4} +(?:0x[0-9a-f]+ in )?(?P<function>[^\n(]{1,300}?) ?\([^\n]*\) at (?P<file>[^\s()]{1,500}):(?P<line>\d{1,9})\s*$"
        ),
        library=_NATIVE,
    ),
    # ThreadSanitizer, then Valgrind.
    _Form(
        "#",
        re.compile(
            r"\s*#\d{1,4} +(?P<function>[^\n]{1,300}?) (?P<file>(?:[A-Za-z]:)?[^\s():]{1,500}\.\w{1,5}):(?P<line>\d{1,9})(?::\d+)?(?: \([^\n()]{1,300}\))+\s*$"
        ),
        library=_NATIVE,
    ),
    _Form(
        "==",
        re.compile(
            r"==[\d:. ]{1,30}== +(?:at|by) 0x[0-9A-Fa-f]+: (?P<function>[^\n]{1,300}?) \((?P<file>[^\s():]{1,500}):(?P<line>\d{1,9})\)$"
        ),
        library=_NATIVE,
    ),
    _Form(
        "(",
        re.compile(
            r"\s*\((?P<app>\w+)(?: [\d.]+\S*)?\) (?P<file>[^\s:]{1,500}\.exs?):(?P<line>\d{1,9}): (?P<function>[^\n]{1,200})"
        ),
        library=re.compile(r"\s*\((?:ex_unit|elixir|stdlib|mix|kernel)\b"),
    ),
    _Form(
        "",
        re.compile(r"\s{0,8}(?P<file>(?:[A-Za-z]:)?[^\s:()'\"]{1,500}\.\w{1,4}):(?P<line>\d{1,9}):(?: |$)"),
        innermost_last=True,
    ),
)


_LAST = tuple(form for form in _FORMS if form.innermost_last)
_FIRST = tuple(form for form in _FORMS if not form.innermost_last)
_MARGIN = " \t|+"
_NEAR = 2_000
"""Characters at the end of a trace that are looked at first."""
_LAST_PLACE = re.compile(r"\.\w{1,4}:\d{1,9}:(?: .*|$)", re.MULTILINE)
"""What every frame has of a stack with the innermost last, but Python's own; to the end of its line."""
_PLACE = re.compile(r"[:(]\d|\.(?:cs|vb|fs|feature|razor):|, line \d|:line \d| on line \d|\bat .*\(")
"""What every frame has: a place."""


def frames(trace: str) -> tuple[Frame, ...]:
    """The frames in ``trace``, innermost first: the place of the error, then who called it.

    Where a text holds several stacks (causes, exception groups) the frames follow in the order of the text.

    >>> frames("  at total (/srv/cart.js:4:11)\\n  at run (/srv/node_modules/mocha/lib/runner.js:9:1)")[0].function
    'total'
    """
    lines = trace.split("\n")
    return (*_innermost_last(lines), *_innermost_first(lines))


def _innermost_last(lines: Sequence[str]) -> Iterator[Frame]:
    return (frame for line in reversed(lines) if len(line) <= MAX_LINE and (frame := _frame(line, "", True)))


def _innermost_first(lines: list[str]) -> Iterator[Frame]:
    for above, line in pairwise(("", *lines)):
        if len(line) <= MAX_LINE:
            # Go writes the function on the line above its file, and Rust with a number before it.
            named_above = (".go:" in line or ".rs:" in line) and len(above) <= MAX_LINE
            if frame := _frame(line, above if named_above else "", False):
                yield frame


def frame_of(line: str, above: str = "") -> Frame | None:
    """The frame that ``line`` is, if it is one; ``above`` is the line before it, where Go and Rust name the function."""
    if max(len(line), len(above)) > MAX_LINE:
        return None
    return _frame(line, above, False) or _frame(line, "", True)


@lru_cache(maxsize=4096)  # the traces of one run have most of their lines in common
def _frame(line: str, above: str, innermost_last: bool) -> Frame | None:
    if not innermost_last and not _PLACE.search(line):
        return None
    start = line.lstrip(_MARGIN)
    for form in _LAST if innermost_last else _FIRST:
        if (
            not start.startswith(form.start)
            or form.has not in line
            or (match := form.pattern.match(line)) is None
        ):
            continue
        groups = match.groupdict()
        function = (groups.get("function") or (above and _function_above(line, above))).strip()
        file, number = groups.get("file") or "", groups.get("line")
        own = not _is_package(file)
        if own and form.library:
            own = not any(text and form.library.match(text) for text in (function, file, match[0]))
        return Frame(file, int(number) if number else None, function, own)
    return None


@lru_cache(maxsize=1024)
def _is_package(file: str) -> bool:
    return _PACKAGES.search(file) is not None


_RUST_NUMBERED = re.compile(r"\s*\d{1,4}: +(?:0x[0-9a-f]+ - )?(?P<function>\S[^\n]{0,300})")
_GO_CALL = re.compile(
    r"(?:created by )?(?P<function>[^\s(][^\n]{0,300}?)(?:\([^()\n]*\))?(?: in goroutine \d+)?$"
)


def _function_above(line: str, above: str) -> str:
    if line.startswith("\t") and ".go:" in line and (match := _GO_CALL.match(above)):
        return match["function"]
    if ".rs:" in line and (match := _RUST_NUMBERED.match(above)):
        return match["function"]
    return ""


def own_frame(trace: str) -> Frame | None:
    """The innermost frame of the project's own code, else the innermost of any; None without a frame."""
    library: Frame | None = None
    for frame in _from_innermost(trace):
        if frame.file and frame.own:
            return frame
        if frame.file and library is None:
            library = frame
    return library


def _from_innermost(trace: str) -> Iterator[Frame]:
    """The frames in the order of ``frames``, those near the end twice: where the innermost is last it is there."""
    if len(trace) > _NEAR:
        yield from _innermost_last(_last_lines(trace[trace.find("\n", -_NEAR) + 1 :]))
    yield from _innermost_last(_last_lines(trace))
    yield from _innermost_first(trace.split("\n"))


def _last_lines(trace: str) -> list[str]:
    """The lines that may be frames of a stack with the innermost last."""
    if 'File "' in trace:
        return trace.split("\n")
    found = _LAST_PLACE.finditer(trace)
    return [trace[trace.rfind("\n", 0, place.start()) + 1 : place.end()] for place in found]
