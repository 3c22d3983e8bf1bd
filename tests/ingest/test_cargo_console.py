"""``cargo test``: binaries that die, and tests whose status is lost in what they print."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from triage.model import Outcome


def test_a_binary_that_dies_before_any_status() -> None:
    run = made(
        """
             Running tests/shop.rs (target/debug/deps/shop-9ef977a40a0fabdf)

        running 2 tests
        error: test failed, to rerun pass `--test shop`

        Caused by:
          process didn't exit successfully: `/srv/shop` (signal: 6, SIGABRT: process abort signal)
        """,
        "cargo-test-console",
    )
    assert counts(run) == (0, 0, 0, 0, 0)
    assert ["SIGABRT" in f.message for f in run.failures] == [True]


def test_what_is_left_of_a_run_whose_end_and_beginning_are_cut_off() -> None:
    run = made(
        """
        failures:

        ---- cart::adds stdout ----

        thread 'cart::adds' panicked at src/cart.rs:7:5:
        no cart
        """,
        "cargo-test-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert case(run, "cart::adds").failures[0].message == "no cart"


def test_dots_count_where_no_result_does() -> None:
    run = made(
        """
        running 8 tests
        ....i. 6/8
        .F
        failures:

        ---- cart::adds stdout ----
        thread 'cart::adds' panicked at src/cart.rs:7:5:
        no cart
        """,
        "cargo-test-console",
    )
    assert counts(run) == (8, 6, 1, 0, 1)


def test_a_stack_that_overflows_names_its_test() -> None:
    run = made(
        """
             Running tests/shop.rs (target/debug/deps/shop-0e03ecbd3729e15f)

        running 1 test

        thread 'deep' (14213) has overflowed its stack
        fatal runtime error: stack overflow, aborting
        error: test failed, to rerun pass `--test shop`

        Caused by:
          process didn't exit successfully: `/srv/shop` (signal: 6, SIGABRT: process abort signal)
        """,
        "cargo-test-console",
    )
    deep = case(run, "deep")
    assert deep.outcome is Outcome.ERROR
    assert deep.failures[0].headline.endswith("has overflowed its stack")


def test_a_status_lost_in_what_was_printed() -> None:
    run = made(
        """
        running 2 tests
        test prints ... fake
        thread 'prints' panicked at src/lib.rs:18:163:
        after print
        no newlineFAILED
        test sums ... ok

        failures:

        failures:
            prints

        test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.05s
        """,
        "cargo-test-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "prints").failures[0].headline == "after print"


def test_a_panic_before_rust_1_73_said_its_place_last() -> None:
    run = made(
        """
        running 1 test
        test adds ... FAILED

        failures:

        ---- adds stdout ----
        thread 'adds' panicked at 'assertion failed: `(left == right)`
          left: `4`,
         right: `5`', src/sum.rs:12:9
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


        failures:
            adds

        test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
        """,
        "cargo-test-console",
    )
    [failure] = case(run, "adds").failures
    assert failure.message == "assertion failed: `(left == right)`\n  left: `4`,\n right: `5`"
    assert (failure.file, failure.line) == ("src/sum.rs", 12)


def test_tests_that_are_processes_of_their_own() -> None:
    run = made(
        """
        running 2 tests
        test leaves ... FAILED
        test adds ... ok

        failures:

        ---- leaves stdout ----
        ---- leaves stderr ----
        note: got unexpected return code 123


        failures:
            leaves

        test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
        """,
        "cargo-test-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "leaves").failures[0].message == "note: got unexpected return code 123"


def test_the_words_of_the_linker_are_told() -> None:
    run = made(
        """
           Compiling pump v0.1.0 (/srv/pump)
        error: linking with `cc` failed: exit status: 1
          |
          = note:  "cc" "-m64" "/srv/pump/error.o" "-lvalve"
          = note: some arguments are omitted
          = note: rust-lld: error: unable to find library -lvalve
                  collect2: error: ld returned 1 exit status

        error: could not compile `pump` (lib test) due to 1 previous error
        """,
        "cargo-test-console",
    )
    [failure] = run.failures
    assert failure.message.startswith(
        "error: linking with `cc` failed: exit status: 1\nrust-lld: error: unable to find"
    )
    assert '"cc"' not in failure.message
