"""Which lines of a log belong to one failure, in the forms that the languages' runtimes print."""

from __future__ import annotations

import pytest

from triage.ingest.logs.traces import traces
from triage.ingest.parts import failure_from

# Each text is one failure from the line that begins it to its last line; what is told is the second part.
WHOLE = {
    "python": (
        "Traceback (most recent call last):\n"
        '  File "a.py", line 1, in f\n'
        "    return d['k']\n"
        "           ~^^^^^\n"
        "KeyError: 'k'\n"
        "\n"
        "During handling of the above exception, another exception occurred:\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "b.py", line 2, in g\n'
        "shop.CartError: no cart",
        "shop.CartError: no cart",
    ),
    "python exception group": (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "a.py", line 3, in <module>\n'
        "  |     raise ExceptionGroup('two', [e, f])\n"
        "  | ExceptionGroup: two (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "a.py", line 1, in f\n'
        "    | ValueError: first\n"
        "    +---------------- 2 ----------------\n"
        "    | KeyError: 'second'\n"
        "    +------------------------------------",
        "ExceptionGroup: two (2 sub-exceptions)",
    ),
    "java": (
        "java.lang.IllegalStateException: cart is closed\n"
        "\tat shop.Cart.add(Cart.java:12)\n"
        "\tat shop.CartTest.adds(CartTest.java:30)\n"
        "Caused by: java.io.IOException: Stream closed\n"
        "\tat java.base/java.io.BufferedReader.ensureOpen(BufferedReader.java:122)\n"
        "\t... 2 more",
        "java.lang.IllegalStateException: cart is closed",
    ),
    "a logger above an exception": (
        "2026-01-02 03:04:05 ERROR shop.Api - sign-up broke\n"
        "java.lang.NullPointerException: Cannot invoke \"String.length()\"\n"
        "\tat shop.Api.signUp(Api.java:9)",
        'java.lang.NullPointerException: Cannot invoke "String.length()"',
    ),
    "node": (
        "TypeError: Cannot read properties of undefined (reading 'id')\n"
        "    at handler (/srv/app/cart.js:4:11)\n"
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {\n"
        "  code: 'E_CART'\n"
        "}",
        "TypeError: Cannot read properties of undefined (reading 'id')",
    ),
    "go": (
        "panic: runtime error: index out of range [3] with length 3\n"
        "\n"
        "goroutine 1 [running]:\n"
        "main.total(...)\n"
        "\t/srv/app/main.go:9\n"
        "main.main()\n"
        "\t/srv/app/main.go:14 +0x1d\n"
        "exit status 2",
        "panic: runtime error: index out of range [3] with length 3",
    ),
    "rust": (
        "thread 'main' panicked at src/main.rs:4:5:\n"
        "cart is empty\n"
        "stack backtrace:\n"
        "   0: std::panicking::begin_panic\n"
        "             at /rustc/90b35a/library/std/src/panicking.rs:616:12\n"
        "   1: cart::main\n"
        "note: run with `RUST_BACKTRACE=full` for a verbose backtrace.",
        "cart is empty",
    ),
    ".net": (
        "Unhandled exception. System.InvalidOperationException: Sequence contains no elements\n"
        "   at System.Linq.ThrowHelper.ThrowNoElementsException()\n"
        "   at Shop.Cart.First() in /src/Cart.cs:line 12\n"
        "   --- End of inner exception stack trace ---\n"
        "   at Shop.Program.Main()",
        "Unhandled exception. System.InvalidOperationException: Sequence contains no elements",
    ),
    "ruby": (
        "cart.rb:3:in `total': undefined method `price' for nil (NoMethodError)\n"
        "\tfrom cart.rb:9:in `each'\n"
        "\tfrom cart.rb:9:in `<main>'",
        "cart.rb:3:in `total': undefined method `price' for nil (NoMethodError)",
    ),
    "php": (
        "PHP Fatal error:  Uncaught RuntimeException: no cart in /srv/cart.php:3\n"
        "Stack trace:\n"
        "#0 /srv/index.php(9): cart()\n"
        "#1 {main}\n"
        "  thrown in /srv/cart.php on line 3",
        "PHP Fatal error:  Uncaught RuntimeException: no cart in /srv/cart.php:3",
    ),
    "address sanitizer": (
        "==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004f\n"
        "READ of size 4 at 0x602000000010 thread T0\n"
        "    #0 0x4f in total cart.c:9:3\n"
        "    #1 0x51 in main cart.c:14:3\n"
        "\n"
        "SUMMARY: AddressSanitizer: heap-use-after-free cart.c:9:3 in total\n"
        "==4711==ABORTING",
        "==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004f",
    ),
    "core dump": (
        "Program terminated with signal SIGSEGV, Segmentation fault.\n"
        "#0  0x00005581 in total (c=0x0) at cart.c:9\n"
        "#1  0x00005590 in main () at cart.c:14",
        "Program terminated with signal SIGSEGV, Segmentation fault.",
    ),
    "maven": (
        "[ERROR] /src/Cart.java:[12,5] cannot find symbol\n"
        "[ERROR]   symbol:   method total()\n"
        "[ERROR]   location: class shop.Cart",
        "[ERROR] /src/Cart.java:[12,5] cannot find symbol",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", WHOLE)
def test_a_failure_is_whole_and_nothing_else_is_in_it(language: str) -> None:
    text, message = WHOLE[language]
    lines = ["starting", "loading plugins", *text.split("\n"), "shutting down", "bye", "done", "end"]
    [trace] = traces(enumerate(lines, 1))
    assert "\n".join(trace.lines) == text
    assert (trace.first, trace.last) == (3, 2 + text.count("\n") + 1)
    assert message is None or trace.message.strip() == message
    assert trace.before == ["starting", "loading plugins"]
    assert trace.after == ["shutting down", "bye", "done"]


def test_each_error_of_a_compiler_is_one() -> None:
    lines = [
        "[ERROR] /src/Cart.java:[12,5] cannot find symbol",
        "[ERROR]   symbol:   method total()",
        "[ERROR] /src/Cart.java:[14,5] cannot find symbol",
        "[ERROR]   symbol:   method tax()",
    ]
    assert [len(trace.lines) for trace in traces(enumerate(lines, 1))] == [2, 2]


def test_a_gap_in_the_numbers_ends_a_failure() -> None:
    numbered = [(1, "KeyError: 'a'"), (2, "    at f (a.js:1:2)"), (90, "    at g (a.js:3:4)")]
    assert [trace.lines for trace in traces(numbered)] == [["KeyError: 'a'", "    at f (a.js:1:2)"]]


def test_what_is_said_behind_a_cause_is_its_echo() -> None:
    lines = ["tar: No space left on device", "make: *** [all] Error 2", "Process completed with exit code 2."]
    [trace] = traces(enumerate(lines, 1))
    assert trace.lines == lines[:1]


@pytest.mark.parametrize(
    ("text", "message", "told"),
    [
        ("TypeError: no shelf\n    at cart.js:3", "Error", "TypeError: no shelf"),
        ("AssertionError: 11 of 12\n\tat C.a(C.java:3)", "AssertionError", "AssertionError: 11 of 12"),
        ("    at cart.js:3", "Error", "Error"),
        ("", "java.io.IOException", "java.io.IOException"),
        ("TypeError: no shelf", "Error: it broke", "Error: it broke"),
    ],
)
def test_a_message_that_only_names_the_exception_gives_way_to_the_text(
    text: str, message: str, told: str
) -> None:
    assert failure_from(text, message=message).message == told
