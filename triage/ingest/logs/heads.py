"""First lines of failures that do not say what was wrong, and how the lines below do."""

from __future__ import annotations

import re
from collections.abc import Sequence

RUST_PANIC = re.compile(r".*\bpanicked at \S+:\d+:\d+:$")
"""Of Rust since 1.73: why stands in the line below."""
COLOR_EYRE = "The application panicked (crashed)."
"""How color-eyre tells a panic of Rust."""
SAYS = re.compile(r"Message: +(?P<said>\S.*)$")
"""Why, in the line below that."""
PHP_CLASS = re.compile(r"(?:[A-Z]\w*\\)+[A-Z]\w*(?:Error|Exception):$")
"""The class of an exception as Symfony writes it down: what it says stands below, at the same margin."""
SUREFIRE = re.compile(r"\[ERROR\] {2,3}[A-Z]\w*(?:>\w+)?\.\w+:\d+\b")
"""A test in the list that Surefire ends with, each of which is one, where only these lines were kept."""
SEVERE = re.compile(r"\[SEVERE\] \S.*:$")
"""Of Dart's build_runner, which says behind an empty line what its builder said."""
PHP_PLACE = re.compile(r"In \S+\.php line \d+:$")
"""Where an exception was thrown, above the box in which Symfony's console tells it."""
BARE_CAUSE = re.compile(
    r"\s*(?:Caused by: (?:[\w$]+\.)*[\w$]+|(?:Exception in thread \".{0,80}\" )?(?:[\w$]+\.)+[\w$]*(?:Error|Exception))\s*$"
)
"""An exception of the JVM in a chain that says nothing: why stands in the next one."""
SPEAKING_CAUSE = re.compile(r"\s*Caused by: (?:[\w$]+\.)*[\w$]+: \S")
WHAT = re.compile(r"\s+what\(\):\s+(?P<said>\S.*)$")
"""What an exception of C++ that nothing caught has to say, in the line below."""
SECTION = re.compile(
    r"\s*(?:● |\d+\) )|error: No solution found|\s{0,2}× [A-Z]|In \S+\.php line \d+:$|CMake Error at \S.*:$"
)
"""A heading of a failed test, or of a report by uv, pip or Symfony's console, with everything below it indented."""
BUNDLER = re.compile(r"(?:Error: )?\w+ build failed with \d+ errors?:$")
"""Of Turbopack, above the place of what was wrong and, in a line of its own, what it was."""
BUNDLED = re.compile(r"\.{1,2}/\S+:\d+:\d+$")
EMPTY = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:.*\b(?:ERROR|FATAL|SEVERE)\b.* :\s*$")
"""An event whose message begins in the next line: Spring Boot tells why an application did not start like this."""
UNHANDLED = "Unhandled Exception:"
"""What Mono and the .NET Framework write above an exception."""
CAUGHT = re.compile(r"Sanitizer:DEADLYSIGNAL$|^ASAN:(?:SIGSEGV|DEADLYSIGNAL)$")
"""The news of a sanitizer that there was a signal: what it was stands below."""
POWERSHELL = re.compile(r"At .+:\d+ char:\d+$")
"""Where an error of PowerShell happened; what it says stands above."""
STACK = re.compile(
    r"CallStack \(from HasCallStack\):|stack traceback:$|    (?:while executing|invoked from within)$|\t[\w:]+\(.*\) called at \S+ line \d"
)
"""How the stacks of Haskell, Lua, Tcl and Perl begin: what they are of stands above."""
IGNORED = re.compile(r"\.\.\.ignoring$|g?make(?:\[\d+\])?: \[.*\] Error \d+ \(ignored\)$")
"""What Ansible and make say of the failure above that they were told to ignore."""
JVM = "A fatal error has been detected by the Java"
SIGNAL = re.compile(r"#\s+(?:SIG|EXCEPTION_|Internal Error|Out of Memory Error)")
"""What it was, in the lines below that."""
OF_VALGRIND = re.compile(r"==\d+== (?!Process terminating)")
SANITIZER = re.compile(r"==\d+==(?:ERROR|WARNING): \w+Sanitizer: \S")
"""The report of a sanitizer: of a failure of its own, also right below what another one found."""
MSBUILD = re.compile(r"\s*(?P<mark>\S.{0,400}?\(\d+(?:,\d+)?\) ?: error : )")
"""Of a task of MSBuild that tells an exception: it puts the place before each line of it."""
BANNER = re.compile(r"\s*(?:[=*#~+-]{3,} .{1,200} [=*#~+-]{3,}|(?P<bar>[┃│║|]) .{1,200} (?P=bar))\s*$")
"""A heading with rules around it: of what is told below."""
GOCHECK = re.compile(r"(?:FAIL|PANIC|FIXTURE-PANIC): \S{1,300}\.go:\d+: \w+\.\w+$")
"""Of gocheck, which says behind dots what was wrong."""
EXCEPTION = re.compile(r"\s*(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception)\b")
CODED = re.compile(r"(?:[A-Z]{1,5}\d{3,4}(?: \[\*\])?|invalid-syntax:|unformatted:) \S")
POINTER = re.compile(r" +--> (?:[A-Za-z]:)?[^\s:]+(?::cell \d+)?:\d+:\d+$")
"""Below what Ruff found, where it found it; compilers point below their warnings too."""
ABORTED = re.compile(r"(?:\S+: line \d+: +\d+ )?(?:Aborted\b|Abort trap: \d)")
"""What a shell says of a process that its runtime ended because of the failure above."""
PASSED = re.compile(r"\s*[✓✔√] ")
"""A test that passed, behind what it printed."""
CLOSER = re.compile(r"[}\])]+[;,]?$")
RUBY = re.compile(r"\S{1,300}:\d+:in [`'].*\([A-Z][\w:]*\)$")
"""An exception of Ruby; below the stack of one, what it was raised for."""
RUBY_BEGUN = re.compile(r"\S{1,300}:\d+:in [`'].{1,900}[^)]$")
"""Of one whose message has lines of its own, or ends with one: its class stands below."""
CLASS_ALONE = re.compile(r"\s*\([A-Z][\w:]*(?:Error|Exception)\)$")
NUMBERED = re.compile(r" {0,4}\d{1,4}\) \S")
"""The heading of a failed test of mocha, Jasmine, Playwright: what was wrong stands below it."""
HEADING = re.compile(r"\s*● (?:.* › |Test suite failed)")
CALM = re.compile(r"(?:info|dbug|trce|warn): [A-Z][\w.`+]*\[\d+\]$|CMake (?:\w+ )?Warning\b.*:$")
"""The first line of an event of .NET, of a warning of CMake, whose message is indented below."""
_LEAST_SAID = 8
"""Characters of a message that tell one from another."""
_LONGEST_HEADING = 300


def says(head: str, line: str) -> bool:
    """Whether a logger told in ``head`` what the exception of ``line`` says: two lines, but one failure.

    >>> says("[lamp] IOException: no bulb left", "shop.LampError: IOException: no bulb left")
    True
    """
    if EXCEPTION.match(line[:1_000]) is None or EXCEPTION.match(head[:1_000]):
        return False
    said = line.partition(": ")[2].strip()
    return len(said) >= _LEAST_SAID and head.rstrip().endswith(said)


def is_heading(head: str, between: Sequence[str], line: str) -> bool:
    """Whether ``head`` is a heading with rules around it, and ``line`` the first below that says anything.

    >>> is_heading("=== LAMP FAILED ===", ["", "==="], "panic: no bulb")
    True
    """
    return (
        len(between) <= 2
        and BANNER.match(head[:_LONGEST_HEADING]) is not None
        and BANNER.match(line[:_LONGEST_HEADING]) is None
        and not any(char.isalnum() for text in between for char in text)
    )
