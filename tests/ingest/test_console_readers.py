"""What the console outputs of eight runners are read as: the traps of each, on recorded and on small made outputs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from textwrap import dedent

import pytest

from triage.escapes import strip_ansi
from triage.ingest import IngestError, Source, collect
from triage.ingest.registry import all_readers, choose
from triage.model import CaseResult, Outcome, Run, Totals, Warn

FRESH = Path(__file__).parents[1] / "data" / "fresh"
FORMATS = {
    "playwright-console",
    "unittest-console",
    "jest-console",
    "vitest-console",
    "go-test-console",
    "cargo-test-console",
    "ctest-console",
    "behave-console",
}
SAMPLES = [
    (entry["path"], entry["format"])
    for entry in json.loads((FRESH / "manifest.json").read_text(encoding="utf-8"))
    if entry["format"] in FORMATS
]
READERS = {reader.name: reader for reader in all_readers()}


def source(data: bytes, name: str = "ci.log") -> Source:
    return Source(name, lambda: io.BytesIO(data))


def recorded(path: str) -> Run:
    return collect(source((FRESH / path).read_bytes(), path))


def made(text: str) -> Run:
    return collect(source(dedent(text).lstrip("\n").encode()))


def case(run: Run, name: str, suite: str | None = None) -> CaseResult:
    found = [c for c in run.cases if c.name == name and (suite is None or c.suite == suite)]
    assert len(found) == 1, [(c.suite, c.name) for c in run.cases]
    return found[0]


def assert_lines_point(run: Run, path: str) -> None:
    """Every failure's ``source_line`` points to the first line of its trace, or names its message."""
    lines = (FRESH / path).read_text(encoding="utf-8").split("\n")
    for failure in [*(f for c in run.cases for f in c.failures), *run.failures]:
        assert failure.source_line is not None
        first = (failure.trace or failure.message).split("\n")[0].strip()
        told = strip_ansi(lines[failure.source_line - 1])
        assert first.removeprefix("undefined step: ").lower() in told.lower()


# All of them


@pytest.mark.parametrize(("path", "format"), SAMPLES)
def test_each_sample_is_recognised(path: str, format: str) -> None:
    assert choose(source((FRESH / path).read_bytes())).name == format


@pytest.mark.parametrize(("path", "format"), SAMPLES)
def test_build_noise_around_it_hides_nothing(path: str, format: str) -> None:
    noise = b"".join(b"[%d] compiling module number %d ... done\n" % (i, i) for i in range(3_000))
    run = collect(source(noise + (FRESH / path).read_bytes() + b"\nnpm notice\nCleaning up\n"))
    assert (run.format, run.totals) == (format, recorded(path).totals)


@pytest.mark.parametrize(("path", "format"), SAMPLES)
def test_failures_point_to_their_lines(path: str, format: str) -> None:
    assert_lines_point(recorded(path), path)


@pytest.mark.parametrize(("path", "format"), SAMPLES)
def test_cut_output_is_read_as_far_as_it_goes(path: str, format: str) -> None:
    data = (FRESH / path).read_bytes()
    whole = recorded(path)
    names = {c.name for c in whole.cases}
    for tenth in range(10):
        part = source(data[: len(data) * tenth // 10])
        try:
            items = list(READERS[format].read(part))
        except IngestError as error:
            assert str(error).startswith("ci.log:")
            continue
        # The lists at the end, which say what is a step and not a test, may be cut off.
        for item in items:
            if isinstance(item, CaseResult):
                assert item.name in names | {"wait for the replica"}


@pytest.mark.parametrize(("path", "format"), [s for s in SAMPLES if "load-error" not in s[0]])
def test_output_that_stops_early_is_warned_of(path: str, format: str) -> None:
    lines = (FRESH / path).read_bytes().splitlines(keepends=True)
    items = list(READERS[format].read(source(b"".join(lines[: len(lines) // 4]))))
    assert any(isinstance(item, Warn) for item in items)


def test_playwright_counts_that_are_cut_do_not_stand() -> None:
    text = (FRESH / "playwright/console-list.txt").read_text(encoding="utf-8")
    run = collect(source(text[: text.index("  2 skipped")].encode()))
    assert run.totals == recorded("playwright/console-list.txt").totals
    assert [warning.line for warning in run.warnings] == [396]


def test_playwright_with_a_line_of_blanks_in_a_failure_ends() -> None:
    text = (FRESH / "playwright/console-list.txt").read_text(encoding="utf-8")
    blanks = f"\n{' ' * 200_000}!\n    Error: "
    run = collect(source(text.replace("\n    Error: ", blanks).encode()))
    assert run.totals == recorded("playwright/console-list.txt").totals


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_text_without_any_result_is_refused(format: str) -> None:
    with pytest.raises(IngestError, match=r"ci\.log:2: .*; was the output cut\?"):
        list(READERS[format].read(source(b"make: entering directory\nnothing here\n")))


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_prose_is_left_to_others(format: str) -> None:
    text = "The test failed.\nok\nFAIL\nPASS\n3 tests passed, 1 failed\nError: it broke\nRunning tests\n"
    assert choose(source(text.encode())).name == "log"


def test_two_runs_in_one_output_add_up() -> None:
    data = (FRESH / "unittest/console.txt").read_bytes()
    once, twice = collect(source(data)), collect(source(data + b"\n" + data))
    assert twice.totals == once.totals + once.totals
    assert len(twice.cases) == 2 * len(once.cases)


# Playwright


@pytest.mark.parametrize("reporter", ["list", "line", "dot", "github", "color"])
def test_playwright_reporters_agree(reporter: str) -> None:
    run = recorded(f"playwright/console-{reporter}.txt")
    assert run.totals == Totals(tests=16, passed=3, failed=9, skipped=4, flaky=1)
    red = {(c.suite, c.name, len(c.failures), c.attempts) for c in run.cases if c.outcome.is_red}
    assert len(red) == 9
    assert ("api > orders", "are all paid", 2, 2) in red
    assert ("api-mobile > admin", "lists users", 1, 1) in red


def test_playwright_marks_do_not_decide() -> None:
    run = recorded("playwright/console-list.txt")
    assert case(run, "known bug").outcome is Outcome.PASSED
    fixed = case(run, "fixed but still marked failing")
    assert fixed.outcome is Outcome.FAILED
    assert [f.message for f in fixed.failures] == ["Expected to fail, but passed."] * 2
    assert not run.info.totals_stand


def test_playwright_flaky_case_keeps_its_failure_and_its_name() -> None:
    flaky = case(recorded("playwright/console-dot.txt"), "eventually consistent")
    assert (flaky.outcome, flaky.attempts, flaky.flaky) == (Outcome.PASSED, 2, True)
    assert flaky.suite == "api > orders"
    assert flaky.failures[0].headline == "Error: replica lag"


def test_playwright_names_project_file_and_line() -> None:
    quota = case(recorded("playwright/console-github.txt"), "quota is available @smoke", "api-mobile")
    assert (quota.file, quota.line) == ("e2e/quota.spec.js", 3)
    assert quota.properties == (("project", "api-mobile"),)
    assert "Received: 429" in quota.failures[0].message
    assert (quota.failures[0].file, quota.failures[0].line) == ("/srv/web/e2e/quota.spec.js", 5)


def test_playwright_unnamed_passes_are_counted_not_invented() -> None:
    run = recorded("playwright/console-dot.txt")
    assert run.info.totals_stand
    assert len(run.cases) == 10


def test_playwright_annotations_alone_are_enough() -> None:
    text = (FRESH / "playwright/console-github.txt").read_text(encoding="utf-8")
    run = collect(source(text[: text.index("\n\n  1) ")].encode()))
    paid = case(run, "are all paid")
    assert (paid.outcome, len(paid.failures)) == (Outcome.FAILED, 2)
    assert '-     "status": "paid",' in paid.failures[0].message
    assert paid.failures[0].source_line == 4
    assert run.warnings


def test_playwright_load_error_is_a_failure_of_the_run() -> None:
    run = recorded("playwright/console-load-error.txt")
    assert [f.message for f in run.failures] == [
        "Error: Cannot find module './no-such-module'",
        "Error: No tests found",
    ]
    assert {f.kind for f in run.failures} == {"error"}
    assert (run.failures[0].file, run.failures[0].line) == ("/srv/web/e2e_broken/import.spec.js", 2)


def test_playwright_error_lines_of_a_test_are_not_failures_of_the_run() -> None:
    run = made(
        """
        Running 1 test using 1 worker
        Error: printed by the test
          ✓  1 a.spec.ts:3:5 › adds (12ms)

          1 passed (1.2s)
        """
    )
    assert run.failures == ()
    assert case(run, "adds").suite == ""
    assert run.info.duration == 1.2


def test_playwright_error_outside_any_test_is_kept_where_the_summary_tells_of_it() -> None:
    run = made(
        """
        Running 1 test using 1 worker
          ✓  1 a.spec.ts:3:5 › adds (12ms)
        Error: worker teardown: port 5432 still open

          1 error was not a part of any test, see above for details
          1 passed (1.2s)
        """
    )
    assert [f.message for f in run.failures] == ["Error: worker teardown: port 5432 still open"]


def test_playwright_interrupted_and_windows_marks() -> None:
    run = made(
        """
        Running 2 tests using 1 worker
          ok 1 [api] › a.spec.ts:3:5 › adds (12ms)
          x  2 [api] › a.spec.ts:9:5 › waits (1.0m)

          1) [api] › a.spec.ts:9:5 › waits ─────

            Test was interrupted.

          1 interrupted
            [api] › a.spec.ts:9:5 › waits ─────
          1 passed (1.1m)
        """
    )
    assert run.totals == Totals(tests=2, passed=1, errors=1)
    assert case(run, "waits").duration == 60.0


# unittest


@pytest.mark.parametrize("variant", ["console", "console-v", "console-b-locals"])
def test_unittest_variants_agree(variant: str) -> None:
    run = recorded(f"unittest/{variant}.txt")
    assert run.totals == Totals(tests=8, passed=1, failed=3, errors=2, skipped=1, xfailed=1)
    suite = "tests_unittest.test_cart.CartTest"
    tiers = case(run, "test_tiers", suite)
    assert [f.message for f in tiers.failures] == ["AssertionError: 0.1 != 0.2", "AssertionError: 0.0 != 0.1"]
    assert case(run, "test_unexpected_success", suite).outcome is Outcome.FAILED
    setup = case(run, "setUpClass", "tests_unittest.test_cart.DatabaseTest")
    assert setup.failures[0].type == "ConnectionRefusedError"
    diff = case(run, "test_dict").failures[0]
    assert diff.message.endswith("-  'total': 2.0}")
    assert (diff.file, diff.line) == ("/srv/app/tests_unittest/test_cart.py", 11)


def test_unittest_description_is_neither_name_nor_message() -> None:
    unknown = case(recorded("unittest/console-v.txt"), "test_unknown_tier")
    assert unknown.outcome is Outcome.ERROR
    assert unknown.failures[0].message == "KeyError: 'platinum'"
    assert unknown.failures[0].trace.startswith("Traceback")


def test_unittest_module_that_does_not_load() -> None:
    run = recorded("unittest/import-error.txt")
    gone = case(run, "test_gone", "")
    assert gone.outcome is Outcome.ERROR
    assert gone.failures[0].headline == "ModuleNotFoundError: No module named 'tests_unittest.test_gone'"


def test_unittest_of_older_pythons_with_output_before_the_status() -> None:
    run = made(
        f"""
        test_add (shop.tests.CartTest) ... connecting
        ok
        test_pay (shop.tests.CartTest) ... FAIL
        test_old (shop.tests.CartTest)
        Left over. ... skipped 'needs ... the printer'

        {"=" * 70}
        FAIL: test_pay (shop.tests.CartTest)
        {"-" * 70}
        Traceback (most recent call last):
          File "/srv/shop/tests.py", line 9, in test_pay
            self.fail("no money")
        AssertionError: no money

        Stdout:
        calling the bank
        {"-" * 70}
        not a rule of the runner

        {"-" * 70}
        Ran 3 tests in 0.012s

        FAILED (failures=1, skipped=1)
        """
    )
    assert run.totals == Totals(tests=3, passed=1, failed=1, skipped=1)
    pay = case(run, "test_pay", "shop.tests.CartTest")
    assert pay.failures[0].message == "AssertionError: no money"
    assert pay.failures[0].trace.endswith("not a rule of the runner")
    assert case(run, "test_add").outcome is Outcome.PASSED


# Jest


def test_jest_plain_and_verbose_agree() -> None:
    plain, verbose = recorded("jest/console.txt"), recorded("jest/console-verbose.txt")
    assert plain.totals == verbose.totals == Totals(tests=11, passed=2, failed=7, skipped=2)
    assert plain.info.totals_stand
    assert not verbose.info.totals_stand
    red = [(c.id, c.failures[0].message) for c in plain.cases]
    assert red == [(c.id, c.failures[0].message) for c in verbose.cases if c.outcome.is_red]


def test_jest_message_ends_before_the_code() -> None:
    run = recorded("jest/console.txt")
    discount = case(run, "applies a discount", "pricing")
    assert discount.file == "jest_specs/pricing.test.js"
    assert discount.failures[0].message == (
        "expect(received).toBe(expected) // Object.is equality\n\nExpected: 17.85\nReceived: 17.84"
    )
    assert case(run, "logs before it fails").failures[0].message == "Request failed with status code 429"


def test_jest_suite_that_does_not_run_is_a_failure_of_the_run() -> None:
    (broken,) = recorded("jest/console-verbose.txt").failures
    assert broken.message == "Cannot find module './no-such-module' from 'jest_specs/broken.test.js'"
    assert (broken.kind, broken.file, broken.line) == ("error", "jest_specs/broken.test.js", 1)


def test_jest_repeats_failures_at_the_end_of_long_runs_and_colours_headers() -> None:
    run = made(
        """
         FAIL  web/a.test.tsx (5.1 s)
          cart
            when empty
              ✕ pays (12ms)
              ○ skipped todo later

          ● cart › when empty › pays

            expect(1).toBe(2)

              at Object.<anonymous> (web/a.test.tsx:3:1)

          ● cart › when empty › pays

            afterEach: db is gone

        Summary of all failing tests
         FAIL  web/a.test.tsx (5.1 s)
          ● cart › when empty › pays

            expect(1).toBe(2)

        Test Suites: 1 failed, 1 total
        Tests:       1 failed, 1 skipped, 2 total
        Time:        1.135s
        """
    )
    pays = case(run, "pays", "cart > when empty")
    assert [f.message for f in pays.failures] == ["expect(1).toBe(2)", "afterEach: db is gone"]
    assert case(run, "todo later").outcome is Outcome.SKIPPED
    assert run.info.duration == 1.135


# Vitest


def test_vitest_tests_and_suites_are_told_apart() -> None:
    run = recorded("vitest/console.txt")
    assert run.totals == Totals(tests=13, passed=4, failed=5, skipped=4, flaky=1)
    discount = case(run, "applies a discount", "pricing")
    assert discount.failures[0].message.endswith("- 17.85\n+ 17.84")
    assert (discount.failures[0].file, discount.failures[0].line) == ("unit/pricing.test.mjs", 7)
    assert [f.headline for f in run.failures] == [
        "Error: Cannot find module './no-such-module.mjs' imported from /srv/web/unit/broken.test.mjs",
        "Error: connect ECONNREFUSED 127.0.0.1:5432",
    ]
    assert case(run, "passes on the second retry").attempts == 3


def test_vitest_older_dialect_shared_errors_and_unhandled_ones() -> None:
    run = made(
        """
         RUN  v1.6.0 /srv/web

         ❯ |web| unit/a.test.ts  (3 tests | 2 failed) 12ms
           ✓ cart > adds 1ms
           × cart > pays 5ms
             → boom
           × bank > pays 5ms

        ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 2 ⎯⎯⎯⎯⎯⎯⎯

         FAIL  |web| unit/a.test.ts > cart > pays
         FAIL  |web| unit/a.test.ts > bank > pays
        Error: boom
         ❯ unit/a.test.ts:3:1

        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/2]⎯

        ⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯

        Vitest caught 1 unhandled error during the test run.

        ⎯⎯⎯⎯⎯ Unhandled Rejection ⎯⎯⎯⎯⎯
        Error: socket hang up
         ❯ src/client.ts:9:3

        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯

         Test Files  1 failed (1)
              Tests  2 failed | 1 passed (3)
             Errors  1 error
           Duration  1.5s (transform 27ms)
        """
    )
    assert [(c.suite, c.name, c.outcome.value, len(c.failures)) for c in run.cases] == [
        ("web > cart", "adds", "passed", 0),
        ("web > cart", "pays", "failed", 1),
        ("web > bank", "pays", "failed", 1),
    ]
    assert [f.message for f in run.failures] == ["Error: socket hang up"]
    assert run.info.duration == 1.5


def test_vitest_same_title_in_two_blocks() -> None:
    run = made(
        """
         RUN  v4.1.0 /srv/web

         ❯ unit/a.test.ts (2 tests | 2 failed) 12ms
             × pays 5ms
             × pays 6ms

         FAIL  unit/a.test.ts > cart > pays
        Error: one
        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/2]⎯

         FAIL  unit/a.test.ts > bank > pays
        Error: two
        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[2/2]⎯

         Test Files  1 failed (1)
              Tests  2 failed (2)
        """
    )
    assert [(c.suite, c.failures[0].message) for c in run.cases] == [
        ("cart", "Error: one"),
        ("bank", "Error: two"),
    ]


# Go


def test_go_message_is_what_the_test_says_last_without_its_place() -> None:
    for name in ("console", "console-v"):
        run = recorded(f"go/{name}.txt")
        quota = case(run, "TestQuota", "example.test/shop/pricing").failures[0]
        assert quota.message == "unexpected status: 429 Too Many Requests"
        assert (quota.file, quota.line) == ("pricing_test.go", 39)
        assert "GET /v1/quota -> 429" in quota.trace
        assert case(run, "TestTiers").failures == ()


def test_go_parallel_output_goes_to_the_test_that_printed_it() -> None:
    run = recorded("go/console-v.txt")
    assert case(run, "TestParallel/b").failures[0].message == "b failed in parallel"
    assert case(run, "TestTiers/skipped").properties[0][1].endswith("needs the printer")


def test_go_panic_belongs_to_its_test_and_points_to_own_code() -> None:
    panic = case(recorded("go/console.txt"), "TestNilCart", "example.test/shop/panics").failures[0]
    assert panic.message == "panic: runtime error: invalid memory address or nil pointer dereference"
    assert (panic.file, panic.line, panic.kind) == ("/srv/native/go/panics/panics_test.go", 11, "error")


def test_go_build_failure_and_time_out_are_failures_of_the_run() -> None:
    (build,) = recorded("go/console-build-failure.txt").failures
    assert "undefined: undefinedThing" in build.message
    assert (build.file, build.line) == ("broken/broken_test.go", 6)
    (time_out,) = recorded("go/console-timeout.txt").failures
    assert time_out.message == "panic: test timed out after 1ns\nFAIL example.test/shop/pricing"


def test_go_time_out_names_the_tests_that_ran() -> None:
    run = made(
        """
        panic: test timed out after 1s
        \trunning tests:
        \t\tTestOther (0s)
        \tTestHang (1s)

        goroutine 17 [running]:
        FAIL\texample.test/x\t1.01s
        """.replace("\n        ", "\n")
    )
    hang = case(run, "TestHang", "example.test/x")
    assert hang.outcome is Outcome.FAILED
    assert hang.failures[0].headline == "panic: test timed out after 1s"
    assert run.failures == ()


def test_go_testify_table_and_printed_panic() -> None:
    run = made(
        """
        === RUN   TestPay
        panic: only printed
            pay_test.go:12: \n            \tError Trace:\t/srv/pay_test.go:12
                    \tError:      \tNot equal:
                    \t            \texpected: 1
                    \t            \tactual  : 2
                    \tTest:       \tTestPay
            pay_test.go:20: cleaning up
        --- FAIL: TestPay (0.01s)
        === RUN   TestNext
        --- PASS: TestNext (0.00s)
        FAIL
        FAIL\texample.test/x\t0.01s
        """
    )
    assert case(run, "TestPay").failures[0].message == "Not equal:\nexpected: 1\nactual  : 2"
    assert case(run, "TestNext").outcome is Outcome.PASSED


def test_go_package_that_fails_without_a_failed_test() -> None:
    run = made(
        """
        dial tcp 127.0.0.1:5432: connect: connection refused
        exit status 3
        FAIL\texample.test/x\t0.01s
        ok  \texample.test/y\t0.02s
        FAIL
        """
    )
    assert [f.message for f in run.failures] == ["dial tcp 127.0.0.1:5432: connect: connection refused"]
    assert run.totals == Totals()
    assert any("-v" in warning.text for warning in run.warnings)


# Cargo


def test_cargo_targets_are_suites() -> None:
    run = recorded("cargo/console.txt")
    assert run.totals == Totals(tests=10, passed=3, failed=6, skipped=1)
    assert case(run, "orders_are_listed").suite == "tests/api.rs"
    assert case(run, "src/lib.rs - discount (line 9)").suite == "Doc-tests shop"
    silver = case(run, "tests::silver", "src/lib.rs").failures[0]
    assert silver.message.split("\n")[0] == "assertion `left == right` failed: silver tier is wrong"
    assert silver.message.endswith("right: Some(0.15)")
    assert (silver.file, silver.line) == ("src/lib.rs", 32)


def test_cargo_should_panic_keeps_its_plain_name_and_reason() -> None:
    run = recorded("cargo/console-color.txt")
    calm = case(run, "tests::should_panic_but_does_not")
    assert [f.message for f in calm.failures] == ["test did not panic as expected at src/lib.rs:42:8"]
    assert case(run, "tests::prints").properties == (("reason", "needs the printer"),)


def test_cargo_older_panics_and_a_binary_that_dies() -> None:
    run = made(
        """
             Running unittests (target/debug/deps/shop-507999230d6984fa)

        running 1 test
        test a ... FAILED

        failures:

        ---- a stdout ----
        thread 'a' panicked at 'no such tier', src/lib.rs:7:5
        note: run with `RUST_BACKTRACE=1`

        failures:
            a

        test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out

             Running tests/ffi.rs (target/debug/deps/ffi-9bcfde99a7c554b8)

        running 2 tests
        test fine ... ok
        error: test failed, to rerun pass `--test ffi`

        Caused by:
          process didn't exit successfully: `/srv/ffi-9bcfde99a7c554b8` (signal: 11, SIGSEGV: invalid memory reference)
        """
    )
    assert case(run, "a").failures[0].message == "no such tier"
    assert (case(run, "a").failures[0].file, case(run, "a").failures[0].line) == ("src/lib.rs", 7)
    assert case(run, "fine", "tests/ffi.rs").outcome is Outcome.PASSED
    assert len(run.failures) == 1
    assert "SIGSEGV" in run.failures[0].message


def test_cargo_code_that_does_not_compile() -> None:
    run = made(
        """
           Compiling shop v0.1.0 (/srv/shop)
        error[E0425]: cannot find value `tier` in this scope
          --> src/lib.rs:9:5
           |
        9  |     tier
           |     ^^^^ not found in this scope

        error: could not compile `shop` (lib test) due to 1 previous error
        """
    )
    assert run.format == "cargo-test-console"
    (error,) = run.failures
    assert error.message == "error[E0425]: cannot find value `tier` in this scope"
    assert (error.file, error.line) == ("src/lib.rs", 9)


# CTest


@pytest.mark.parametrize("variant", ["console", "console-V", "console-output-on-failure"])
def test_ctest_statuses(variant: str) -> None:
    run = recorded(f"ctest/{variant}.txt")
    assert run.totals == Totals(tests=9, passed=2, failed=5, skipped=2)
    assert case(run, "crashes").failures[0].message == "Exception: SegFault"
    assert case(run, "hangs").failures[0].message == "Timeout"
    assert "/srv/native/no-such-binary" in case(run, "missing_binary").failures[0].message
    assert case(run, "disabled").outcome is Outcome.SKIPPED
    assert case(run, "expected_to_fail").outcome is Outcome.PASSED


def test_ctest_output_tells_more_than_the_status() -> None:
    for variant in ("console-V", "console-output-on-failure"):
        failure = case(recorded(f"ctest/{variant}.txt"), "prints_and_fails").failures[0]
        assert failure.message == "pricing.cpp:42: Failure: expected 17.85, got 17.84"
        assert (failure.file, failure.line) == ("pricing.cpp", 42)


def test_ctest_repeats_are_attempts_of_one_case() -> None:
    run = made(
        """
        Test project /srv/build
            Start 1: flaky
        1/1 Test #1: flaky ............................Subprocess aborted***Exception:   0.50 sec
            Start 1: flaky
            Test #1: flaky ............................   Passed    0.25 sec

        100% tests passed, 0 tests failed out of 1

        Total Test time (real) =   0.76 sec
        """
    )
    flaky = case(run, "flaky")
    assert (flaky.flaky, flaky.attempts, flaky.duration) == (True, 2, 0.75)
    assert flaky.failures[0].message == "Subprocess aborted Exception"


def test_ctest_quiet_output_names_only_the_failed() -> None:
    run = made(
        """
        50% tests passed, 2 tests failed out of 4

        The following tests FAILED:
        \t  2 - pays (Failed)   slow
        \t 11 - crashes (SEGFAULT)
        """
    )
    assert run.totals == Totals(tests=4, passed=2, failed=2)
    assert [(c.name, c.failures[0].message) for c in run.cases] == [
        ("pays", "Failed"),
        ("crashes", "SEGFAULT"),
    ]


# Behave


def test_behave_outcomes_and_messages() -> None:
    run = recorded("behave/console.txt")
    assert run.totals == Totals(tests=6, passed=2, failed=1, errors=2, skipped=1)
    discount = case(run, "Discounts apply", "Cart")
    assert (discount.file, discount.line) == ("features/cart.feature", 10)
    assert discount.failures[0].message == "ASSERT FAILED: total is 12.0, wanted 9.6"
    assert case(run, "Undefined step").failures[0].message == "undefined step: When I pay with a voucher"
    platinum = case(run, "Tier platinum -- @1.2")
    assert (platinum.outcome, platinum.failures[0].message) == (Outcome.ERROR, "KeyError: 'platinum'")
    assert (platinum.failures[0].file, platinum.failures[0].line) == ("/srv/app/shop/pricing.py", 35)
    assert case(run, "Printer").properties == (("tags", "@skip_me"),)


def test_behave_plain_formatter_and_hooks() -> None:
    run = made(
        """
        HOOK-ERROR in before_all: ConnectionError: broker is down
        Feature: Cart

          Scenario: Adds
            Given an empty cart ... passed in 0.001s
            Then the total is 0 ... passed in 0.000s

          Scenario: Pays
            Given an empty cart ... passed in 0.001s
            When I pay ... failed in 0.002s
        Assertion Failed: no money
        Captured logging:
        INFO:bank:called

        Failing scenarios:
          features/cart.feature:9  Pays

        0 features passed, 1 failed, 0 skipped
        1 scenario passed, 1 failed, 0 skipped
        3 steps passed, 1 failed, 0 skipped, 0 undefined
        Took 1m2.500s
        """
    )
    assert run.totals == Totals(tests=2, passed=1, failed=1)
    pays = case(run, "Pays", "Cart")
    assert (pays.file, pays.line) == ("features/cart.feature", 9)
    assert pays.failures[0].message == "Assertion Failed: no money"
    assert [f.message for f in run.failures] == ["ConnectionError: broker is down"]
    assert run.info.duration == 62.5


def test_unexpected_successes_that_are_only_counted_are_red() -> None:
    run = made(
        """
        .u
        ----------------------------------------------------------------------
        Ran 2 tests in 0.001s

        FAILED (unexpected successes=1)
        """
    )
    assert (run.totals.tests, run.totals.passed, run.totals.failed) == (2, 1, 1)


def test_nose_counts_in_capitals() -> None:
    run = made(
        """
        S.
        ----------------------------------------------------------------------
        Ran 2 tests in 0.001s

        OK (SKIP=1)
        """
    )
    assert (run.totals.tests, run.totals.passed, run.totals.skipped) == (2, 1, 1)
