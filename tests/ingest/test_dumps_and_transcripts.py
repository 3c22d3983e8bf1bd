"""Logs of debuggers, dumps of crashes, transcripts of R: what in them is the failure, and what is none."""

from __future__ import annotations

import io

import pytest

from triage.ingest import Source, collect
from triage.model import Run


def told(text: str) -> Run:
    """The run that a log tells."""
    run = collect(Source("job.log", lambda: io.BytesIO(text.encode())))
    assert run.format == "log"
    return run


def messages(text: str) -> list[str]:
    """What its failures say first."""
    return [failure.message.splitlines()[0] for failure in told(text).failures]


ONE = {
    "Mozilla's assertion": (
        "Assertion failure: false, at /srv/demo/vm/Cart.cpp:36\n",
        "Assertion failure: false, at /srv/demo/vm/Cart.cpp:36",
    ),
    "with a reason": (
        "Assertion failure: ok (no lamp), at c:\\demo\\lamp.cpp:5\n",
        "Assertion failure: ok (no lamp), at c:\\demo\\lamp.cpp:5",
    ),
    "a leak": (
        "==7== 24 bytes in 1 blocks are definitely lost in loss record 1 of 1\n==7==    at 0x4C2: malloc (in /lib/v.so)\n"
        "==7==    by 0x108: main (lamp.c:9)\n==7== \n==7== LEAK SUMMARY:\n==7==    definitely lost: 24 bytes in 1 blocks\n",
        "==7== 24 bytes in 1 blocks are definitely lost in loss record 1 of 1",
    ),
    "a leak that is only counted": (
        "==7== HEAP SUMMARY:\n==7==     in use at exit: 24 bytes in 1 blocks\n==7== \n==7== LEAK SUMMARY:\n"
        "==7==    definitely lost: 24 bytes in 1 blocks\n==7== ERROR SUMMARY: 0 errors from 0 contexts\n",
        "==7==    definitely lost: 24 bytes in 1 blocks",
    ),
    "a leak with what it leads to": (
        "==7== 72 (24 direct, 48 indirect) bytes in 1 blocks are possibly lost in loss record 3 of 9\n",
        "==7== 72 (24 direct, 48 indirect) bytes in 1 blocks are possibly lost in loss record 3 of 9",
    ),
    "a size below zero": (
        "==7== Argument 'size' of function malloc has a fishy (possibly negative) value: -3\n==7==    at 0x4C2: malloc\n",
        "==7== Argument 'size' of function malloc has a fishy (possibly negative) value: -3",
    ),
    "gdb": (
        "Program received signal SIGTRAP, Trace/breakpoint trap.\n0x00007fff in ?? ()\n#0  0x00007fff in ?? ()\n",
        "Program received signal SIGTRAP, Trace/breakpoint trap.",
    ),
    "WinDbg": (
        "Unable to load image C:\\demo\\lamp.dll, Win32 error 0n2\n*** WARNING: Unable to verify timestamp for lamp.dll\n"
        "*** ERROR: Symbol file could not be found.  Defaulted to export symbols for lamp.dll -\n\n\n\n\n\n\n\n"
        "EXCEPTION_RECORD:  ffffffff -- (.exr 0xffffffffffffffff)\n   ExceptionCode: c0000005 (Access violation)\n\n"
        "ERROR_CODE: (NTSTATUS) 0xc0000005 - The instruction could not be read\n",
        "ExceptionCode: c0000005 (Access violation)",
    ),
    "Breakpad": (
        "OS|Mac OS X|10.13.6\nCPU|amd64||2\nCrash|EXC_BAD_ACCESS / KERN_INVALID_ADDRESS|0x0|0\n0|0|lamp|main|lamp.c|7|0x0\n",
        "Crash|EXC_BAD_ACCESS / KERN_INVALID_ADDRESS|0x0|0",
    ),
    "Apple": (
        "Exception Type:  EXC_BAD_ACCESS (SIGSEGV)\n\n\n\n\n\n\n\n\nThread 0 crashed with X86 Thread State (64-bit):\n  rax: 0x0\n",
        "Exception Type:  EXC_BAD_ACCESS (SIGSEGV)",
    ),
    "a sanitizer that tells of the signal first": (
        "ASAN:SIGSEGV\n=====\n==5==ERROR: AddressSanitizer: SEGV on unknown address 0x14 (pc 0x8 T0)\n    #0 0x8 in main /srv/demo/lamp.c:3\n",
        "==5==ERROR: AddressSanitizer: SEGV on unknown address 0x14 (pc 0x8 T0)",
    ),
    "memory that is not needed": (
        "==7==WARNING: AddressSanitizer failed to allocate 0x1fff bytes\n"
        "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x14\n    #0 0x8 in main /srv/demo/lamp.c:3\n",
        "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x14",
    ),
    "an error behind what was done": (
        "\n Exception during run: ReferenceError: lamp is not defined\n    at Suite.<anonymous> (/srv/demo/t.js:1:2)\n",
        "Exception during run: ReferenceError: lamp is not defined",
    ),
}


@pytest.mark.parametrize("what", ONE)
def test_one_crash_is_one_failure(what: str) -> None:
    log, message = ONE[what]
    assert messages(log) == [message]


def test_what_configure_does_without_is_no_failure() -> None:
    assert messages("configure: WARNING: *** Could not find doxygen in your PATH.\n") == []


BANNER = "\nR version 4.2.2 (2022-10-31)\nCopyright (C) 2022 The R Foundation for Statistical Computing\n\n"
CAUGHT = (
    "> ## failed before 1.4.0\n> try(sum(cart))\nError in sum(cart) : invalid 'type' (closure) of argument\n"
)


@pytest.mark.parametrize(
    "end", ["> \n", "> proc.time()\n   user  system elapsed \n  0.217   0.040   0.593 \n", "> quit('no')\n"]
)
def test_a_script_of_r_that_came_to_its_end_is_green(end: str) -> None:
    run = told(BANNER + CAUGHT + end)
    assert not run.failures
    assert run.warnings


def test_a_script_of_r_that_was_halted_is_red() -> None:
    log = f"{BANNER}> # failed until 2003\n> prices('lamp')\nError in prices(\"lamp\") : no such price\nExecution halted\n"
    assert messages(log) == ['Error in prices("lamp") : no such price']


def test_the_lines_of_a_script_of_r_are_no_errors() -> None:
    log = f"{BANNER}> stop(\"ERROR: 1\")  # failed\n+   cat('FAILED')\n[1] 2\n> Sys.sleep(99)\n[1] 3\n"
    assert messages(log) == []


LOGURU = """\
2026-01-02 10:00:00.100 | ERROR    | shop.till:pay:5 - An error has been caught in function 'pay', process 'Main' (7):
Traceback (most recent call last):

  File "/srv/demo/till.py", line 3, in total
    return cart / 0
           └ 3

ZeroDivisionError: division by zero


The above exception was the direct cause of the following exception:


Traceback (most recent call last):

> File "/srv/demo/shop.py", line 5, in <module>
    pay()
    └ <function pay at 0x7f25cf6347c0>

ValueError: cart is empty
2026-01-02 10:00:00.200 | ERROR    | shop.till:<module>:5 - done with errors
"""

BOX = """\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /srv/demo/till.py:3 in total                                                 │
│                                                                              │
│   2 def total(cart):                                                         │
│ ❱ 3 │   return cart / 0                                                      │
│   4                                                                          │
│ ╭── locals ──╮                                                               │
{locals}│ ╰────────────╯                                                               │
╰──────────────────────────────────────────────────────────────────────────────╯
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /srv/demo/shop.py:5 in <module>                                              │
│ ╭── locals ──╮                                                               │
{locals}│ ╰────────────╯                                                               │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: cart is empty
""".replace(
    "{locals}", "│ │ cart = 3   │                                                               │\n" * 20
)

IPYTHON = """\
---------------------------------------------------------------------------
ZeroDivisionError                         Traceback (most recent call last)
File /srv/demo/till.py:6, in main()
      5 try:
----> 6     pay([])

ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

ValueError                                Traceback (most recent call last)
File /srv/demo/till.py:9
      8         raise ValueError("cart is empty") from e
----> 9 main()

ValueError: cart is empty
"""

STACK_DATA = """\
Traceback (most recent call last):
 File "till.py", line 21, in foo
      10 | cart = (
(...)
      20 | try:
-->   21 |     return int(str(cart))
ValueError: invalid literal
"""


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (LOGURU, ["ValueError: cart is empty", "done with errors"]),
        (BOX, ["ValueError: cart is empty"]),
        (IPYTHON, ["ValueError: cart is empty"]),
        (STACK_DATA, ["ValueError: invalid literal"]),
    ],
    ids=["loguru", "rich", "IPython", "stack_data"],
)
def test_tracebacks_that_are_not_pythons_own(log: str, said: list[str]) -> None:
    assert messages(log) == said


TOOLS = {
    "pyright": (
        '/srv/demo/a.py\n  /srv/demo/a.py:4:12 - error: Type "int" is not assignable to return type "str"\n    "int" is not\n'
        "1 error, 0 warnings, 0 informations\n",
        ['/srv/demo/a.py:4:12 - error: Type "int" is not assignable to return type "str"'],
    ),
    "markdownlint": (
        "m.md:3 error MD012/no-multiple-blanks Multiple consecutive blank lines\n",
        ["m.md:3 error MD012/no-multiple-blanks Multiple consecutive blank lines"],
    ),
    "ruff": (
        "F401 [*] `os` imported but unused\n --> shop/a.py:1:8\n  |\n1 | import os\n  |        ^^\n  |\nhelp: Remove it\n\n"
        "F821 Undefined name `lamp`\n  --> shop/a.py:10:7\n   |\n10 | print(lamp)\n   |\n\nFound 2 errors.\n",
        ["F401 [*] `os` imported but unused", "F821 Undefined name `lamp`"],
    ),
    "a warning of rustc": ("warning: unused variable: `x`\n --> src/main.rs:3:9\n  |\n3 | let x = 1;\n", []),
    "bandit": (
        "Test results:\n>> Issue: [B301:blacklist] Pickle can be unsafe\n   Severity: Medium   Confidence: High\n   Location: a.py:7:0\n",
        [">> Issue: [B301:blacklist] Pickle can be unsafe"],
    ),
    "cargo fmt": (
        "Diff in /srv/demo/main.rs:1:\n-fn main(){}\n+fn main() {}\n",
        ["Diff in /srv/demo/main.rs:1:"],
    ),
    "tox": (
        "ROOT: HandledError| provided environments not found in configuration file:\nnope\n",
        ["ROOT: HandledError| provided environments not found in configuration file:"],
    ),
    "pre-commit": (
        "An error has occurred: InvalidConfigError: \n==> File .pre-commit-config.yaml\n",
        ["An error has occurred: InvalidConfigError:"],
    ),
    "doctest": (
        '*****\nFile "/srv/demo/d.py", line 3, in d.f\nFailed example:\n    1+1\nExpected:\n    3\nGot:\n    2\n*****\n'
        "1 items had failures:\n   1 of   1 in d.f\n***Test Failed*** 1 failures.\n",
        ["Failed example: 1+1"],
    ),
    "Jest's configuration": (
        "● Validation Error:\n\n  Preset nope-preset not found relative to rootDir /srv/demo.\n\n  Configuration Documentation:\n",
        ["● Validation Error: Preset nope-preset not found relative to rootDir /srv/demo."],
    ),
    "glibc": (
        "*** buffer overflow detected ***: terminated\n",
        ["*** buffer overflow detected ***: terminated"],
    ),
    "bash": (
        "bash: -c: line 2: syntax error: unexpected end of file\n",
        ["bash: -c: line 2: syntax error: unexpected end of file"],
    ),
    "ESLint": (
        '\nOops! Something went wrong! :(\n\nESLint: 8.57.1\n\nNo files matching the pattern "a.js" were found.\n',
        ['No files matching the pattern "a.js" were found.'],
    ),
    "Node": (
        "node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^\n\n"
        'UnhandledPromiseRejection: This error originated by throwing. The promise rejected with the reason "no lamp".\n'
        "    at throwUnhandledRejectionsMode (node:internal/process/promises:389:7) {\n  code: 'ERR_UNHANDLED_REJECTION'\n}\n",
        [
            'UnhandledPromiseRejection: This error originated by throwing. The promise rejected with the reason "no lamp".'
        ],
    ),
    "Node's heap": (
        "\n<--- Last few GCs --->\n\n[7:0x4]  39 ms: Mark-Compact 16.0 (24.3) -> 15.5 (32.3) MB\n\n<--- JS stacktrace --->\n\n"
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
        ["Reached heap limit Allocation failed - JavaScript heap out of memory"],
    ),
    "Terraform": (
        "│ Warning: Unable to open CLI configuration file\n│\nError: Unclosed configuration block\n",
        ["Error: Unclosed configuration block"],
    ),
    "a warning of Python without a file": (
        "<string>:2: DeprecationWarning: old\n<frozen x>:1: RuntimeWarning: older\n",
        [],
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_tools_say(tool: str) -> None:
    log, said = TOOLS[tool]
    assert messages(log) == said
