"""Outputs as people hand them on: cut, indented, with their escapes made visible, told by an editor or a wrapper."""

from __future__ import annotations

import io

import pytest

from tests.ingest.consoles import case, counts, made
from triage.ingest import Source, collect
from triage.ingest.lines import clean
from triage.ingest.logs.traces import traces
from triage.model import Run


def log(text: str) -> Run:
    """The run that a log tells."""
    run = collect(Source("job.log", lambda: io.BytesIO(text.encode())))
    assert run.format == "log"
    return run


def messages(text: str) -> list[str]:
    """What its failures say."""
    return [failure.message for failure in log(text).failures]


def told(text: str) -> list[str]:
    """The messages of the traces in a text."""
    return [trace.message for trace in traces(enumerate(text.split("\n"), 1))]


# Escapes and wrappers


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("^[[31mFAIL^[[39m cart", "FAIL cart"),
        ("^[[1;38;5;9mlamp^[[m", "lamp"),
        ("\u241b[32m\u2713\u241b[39m cart", "\u2713 cart"),
        ("[^[[31mERROR^[[0m] dark", "[ERROR] dark"),
        # A pattern, an index, keys of a terminal: no colours.
        ("grep '^[[mK]' lamp.txt", "grep '^[[mK]' lamp.txt"),
        ("a^[[0]]", "a^[[0]]"),
        ("bind '^[[A' up", "bind '^[[A' up"),
    ],
)
def test_colours_that_somebody_made_visible(line: str, says: str) -> None:
    assert list(clean([line])) == [says]


def test_annotations_of_several_lines_in_a_log_of_gh() -> None:
    job, stamp = "unit (22)\tRun npm test\t", "2026-03-02T02:00:00.1234567Z "
    stamped = [
        " RUN  v4.1.0 /srv/demo",
        "",
        "\u23af\u23af\u23af\u23af Failed Tests 1 \u23af\u23af\u23af\u23af",
        "",
        " FAIL  cart.test.ts > adds up",
        "AssertionError: expected 3 to be 4",
        "",
        " Test Files  1 failed (1)",
        "      Tests  1 failed | 2 passed (3)",
        "   Duration  1s",
        "##[error]AssertionError: expected 3 to be 4",
    ]
    bare = ["", "Expected: 4", "Received: 3", "", " \u276f cart.test.ts:4:5", ""]
    run = made(
        "\n".join([*(f"{job}{stamp}{line}" for line in stamped), *(f"{job}{line}" for line in bare)]) + "\n",
        "vitest-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert [f.message for f in run.cases[0].failures] == ["AssertionError: expected 3 to be 4"]


def test_a_table_with_two_tabs_is_no_log_of_gh() -> None:
    lines = [f"lamp\tblue\t{n} pieces" for n in range(20)]
    assert list(clean(lines)) == lines


# Runners


def test_node_quoted_with_a_margin() -> None:
    run = made(
        "  \u2714 opens (1.2ms)\n"
        "  \u2716 closes (2.5ms)\n"
        "  \u2139 tests 9\n  \u2139 suites 0\n  \u2139 pass 8\n  \u2139 fail 1\n  \u2139 cancelled 0\n"
        "  \u2139 skipped 0\n  \u2139 todo 0\n  \u2139 duration_ms 12.5\n"
        "  \n  \u2716 failing tests:\n  \n"
        "  test at door.test.mjs:7:1\n"
        "  \u2716 closes (2.5ms)\n"
        "    AssertionError [ERR_ASSERTION]: the door is open\n"
        "        at TestContext.<anonymous> (file:///srv/demo/door.test.mjs:9:3)\n",
        "node-test-console",
    )
    assert counts(run) == (9, 8, 1, 0, 0)
    assert [f.message for f in case(run, "closes").failures] == [
        "AssertionError [ERR_ASSERTION]: the door is open"
    ]


def test_node_whose_test_prints_counts_keeps_its_own() -> None:
    run = made(
        "\u25b6 runner\n"
        "  \u2139 pass the salt\n"
        "  \u2714 counts (1.2ms)\n"
        "\u25b6 runner (3.1ms)\n"
        "\u2139 tests 1\n\u2139 suites 1\n\u2139 pass 1\n\u2139 fail 0\n\u2139 duration_ms 12.5\n",
        "node-test-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)


def test_vitest_copied_from_a_screen() -> None:
    """A terminal fills its lines with blanks, an editor takes two of them for one."""
    run = made(
        " RUN  v3.2.0 /srv/demo\n"
        "\n Test Files 0 passed (1)\n      Tests 0 passed (0)\n   Duration 900ms\n"
        "\n\u23af\u23af\u23af\u23af Failed Suites 1 \u23af\u23af\u23af\u23af\n"
        "\n FAIL  lamp.test.ts [ lamp.test.ts ]     \n"
        "Error: Transform failed with 1 error:\n/srv/demo/lamp.ts:3:7: ERROR: lamp is there twice\n"
        "  Plugin: vite:esbuild\n\n \u276f transform lamp.js:1:1\n",
        "vitest-console",
    )
    assert [f.message.splitlines()[0] for f in run.failures] == ["Error: Transform failed with 1 error:"]
    assert not run.cases


def test_jest_without_the_lines_of_its_files() -> None:
    run = made(
        "  \u25cf lamp \u203a shines\n\n    expect(received).toBe(expected)\n\n    Expected: 1\n    Received: 2\n"
        "\n  \u25cf lamp \u203a is off\n\n    no lamp\n"
        "\nTest Suites: 1 failed, 1 total\nTests:       2 failed, 7 passed, 9 total\nTime:        1 s\n",
        "jest-console",
    )
    assert counts(run) == (9, 7, 2, 0, 0)
    assert case(run, "is off").failures[0].message == "no lamp"


def test_jest_tells_failures_again_but_once_where_its_files_are_named() -> None:
    run = made(
        "FAIL ./lamp.test.js\n  \u25cf lamp \u203a is off\n\n    no lamp\n\n"
        "Test Suites: 1 failed, 1 total\nTests:       1 failed, 1 total\nTime:        1 s\n"
        "Summary of all failing tests\n",
        "jest-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert len(run.cases) == 1


def test_unittest_as_pycharm_tells_it() -> None:
    run = made(
        "Ran 2 tests in 0.007s\n\nFAILED (failures=1, errors=1)\n\nError\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/demo/test_lamp.py", line 7, in test_shines\n    lamp.on()\n'
        '  File "/srv/demo/lamp.py", line 2, in on\n    raise LampError("no bulb")\n'
        "lamp.LampError: no bulb\n\n\nFailure\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/demo/test_lamp.py", line 9, in test_off\n    self.assertFalse(lamp.lit)\n'
        "AssertionError: True is not false\n\n",
        "unittest-console",
    )
    assert counts(run) == (2, 0, 1, 1, 0)
    assert case(run, "test_shines").failures[0].message == "lamp.LampError: no bulb"
    assert case(run, "test_off").failures[0].message == "AssertionError: True is not false"


def test_what_a_program_says_behind_unittest_is_not_of_it() -> None:
    run = made("..\n" + "-" * 70 + "\nRan 2 tests in 0.007s\n\nOK\nError\nno lamp\n", "unittest-console")
    assert counts(run) == (2, 2, 0, 0, 0)
    assert not run.cases


def test_two_runs_of_unittest() -> None:
    one = "." * 3 + "\n" + "-" * 70 + "\nRan 3 tests in 0.007s\n\nOK\n"
    assert counts(made(one + one, "unittest-console")) == (6, 6, 0, 0, 0)


def test_unittest_without_its_beginning() -> None:
    run = made(
        "line 40, in shine\n    self.bulb.on()\n"
        '  File "/srv/demo/bulb.py", line 2, in on\n    self.lit.set()\n'
        "AttributeError: 'Bulb' has no lit\n\n" + "-" * 70 + "\nRan 2 tests in 0.057s\n\nFAILED (errors=1)\n",
        "unittest-console",
    )
    assert counts(run) == (2, 1, 0, 1, 0)
    assert [f.message for f in run.failures] == ["AttributeError: 'Bulb' has no lit"]


def test_what_unittest_prints_above_its_failures_is_no_failure() -> None:
    run = made(
        "    the lamp is warm\nLampError: said by a test that passes\n.E\n"
        + "=" * 70
        + "\nERROR: test_on (lamp.LampTest)\n"
        + "-" * 70
        + '\nTraceback (most recent call last):\n  File "a.py", line 1, in test_on\n    on()\nOSError: dark\n\n'
        + "-" * 70
        + "\nRan 2 tests in 0.057s\n\nFAILED (errors=1)\n",
        "unittest-console",
    )
    assert not run.failures
    assert counts(run) == (2, 1, 0, 1, 0)


def test_unittest_with_words_above_a_traceback_and_rules_that_are_cut() -> None:
    run = made(
        "=" * 70
        + "\nFAIL: test_on (lamp.LampTest)\n"
        + "-" * 70
        + "\nThe lamp shines\nTraceback (most recent call last):\nAssertionError: 'dark' != 'light'\n"
        + "=" * 70
        + "\nERROR: test_off (lamp.LampTest)\n "
        + "-" * 60
        + '\nTraceback (most recent call last):\n  File "/srv/demo/lamp.py", line 8, in\ntest_off\n    off()\n'
        "lamp.Stuck: the switch\n\n "
        + "-" * 60
        + "\nRan 2 tests in 0.002s\n\nFAILED (failures=1, errors=1)\n",
        "unittest-console",
    )
    assert case(run, "test_on").failures[0].message == "AssertionError: 'dark' != 'light'"
    assert "lamp.Stuck: the switch" in case(run, "test_off").failures[0].message


def test_rspec_that_only_counts_its_errors_is_red() -> None:
    run = made("...\n0 examples, 0 failures, 1 error occurred outside of examples\n", "rspec-console")
    assert [f.message for f in run.failures] == [
        "0 examples, 0 failures, 1 error occurred outside of examples"
    ]


def test_rspec_without_the_head_of_its_error() -> None:
    run = made(
        "...\nFailure/Error: Lamp.check!\n\nLamp::DarkError:\n\n\n  The bulb is missing.\n"
        "# ./lib/lamp.rb:392:in `check!'\n...\n"
        "0 examples, 0 failures, 1 error occurred outside of examples\n",
        "rspec-console",
    )
    assert len(run.failures) == 1
    assert "The bulb is missing." in run.failures[0].message


def test_go_without_the_margin_of_a_test() -> None:
    run = made(
        "--- FAIL: TestLamp (0.00s)\nlamp_test.go:15: it is dark\nFAIL\nFAIL\tlamp\t0.2s\n", "go-test-console"
    )
    assert case(run, "TestLamp").failures[0].message == "it is dark"


def test_go_cleaning_up_after_a_test_says_less() -> None:
    run = made(
        "=== RUN   TestLamp\n"
        "    lamp_test.go:9: Step 1 error: exit status 1\n        \n        Error: no bulb in stock\n"
        "    panic.go:636: Error running the destroy: exit status 1\n        \n        Error: the lamp is in use\n"
        "--- FAIL: TestLamp (3.00s)\nFAIL\n",
        "go-test-console",
    )
    assert "no bulb in stock" in case(run, "TestLamp").failures[0].message


def test_cargo_that_somebody_shortened() -> None:
    run = made(
        "running 1 test\ntest lamp::shines ... FAILED\n\nit is dark: Ok(())\n\n"
        "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out\n",
        "cargo-test-console",
    )
    assert case(run, "lamp::shines").failures[0].message == "it is dark: Ok(())"


def test_the_end_of_cargo() -> None:
    run = made(
        "thread '[ui] lamp/on.rs' panicked at 'no bulb', tools/lamp.rs:14:9\n"
        "note: Run with `RUST_BACKTRACE=1` for a backtrace.\n\n\nfailures:\n    [ui] lamp/on.rs\n\n"
        "test result: FAILED. 89 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n",
        "cargo-test-console",
    )
    assert counts(run) == (90, 89, 1, 0, 0)
    assert "no bulb" in case(run, "[ui] lamp/on.rs").failures[0].message


def test_android_tests_whose_start_is_not_there() -> None:
    run = made(
        "shop.LampTest > shines[Pixel 9 - 16] FAILED\n"
        "        java.io.IOException: no bulb\n        at shop.Lamp.on(Lamp.java:7)\n"
        "Tests on Pixel 9 - 16 failed: There was 1 failure(s).\n\nFinished 3 tests on Pixel 9 - 16\n\n"
        "FAILURE: Build failed with an exception.\n\n* What went wrong:\n"
        "Execution failed for task ':app:connectedDebugAndroidTest'.\n> There were failing tests. See the report\n",
        "gradle-console",
    )
    assert run.totals.failed == 1
    assert not run.failures


def test_maven_2_says_why_below_its_last_word() -> None:
    rule = "[INFO] " + "-" * 72
    run = made(
        f"Results :\n\nTests run: 3, Failures: 0, Errors: 0, Skipped: 0\n\n{rule}\n[ERROR] BUILD FAILURE\n{rule}\n"
        f"[INFO] There are test failures.\n{rule}\n[INFO] Trace\n"
        "org.apache.maven.BuildFailureException: There are test failures.\n"
        "\tat org.apache.maven.lifecycle.DefaultLifecycleExecutor.executeGoals(DefaultLifecycleExecutor.java:560)\n",
        "maven-console",
    )
    assert counts(run) == (3, 3, 0, 0, 0)
    assert [f.message for f in run.failures] == ["There are test failures."]


# Logs


def test_what_a_logger_tells_of_an_exception_is_not_a_second_failure() -> None:
    text = (
        "[lamp thread] Node - IOException: no bulb in stock\n"
        "shop.LampException: IOException: no bulb in stock\n"
        "\tat shop.Lamp.on(Lamp.java:7)\n"
        "Caused by: java.io.IOException: no bulb in stock\n"
        "\tat shop.Stock.take(Stock.java:3)\n"
    )
    assert len(told(text)) == 1


def test_two_exceptions_that_say_the_same_are_two() -> None:
    text = "shop.LampException: no bulb in stock\nshop.DoorException: no bulb in stock\n\tat shop.Door.on(Door.java:7)\n"
    assert len(told(text)) == 2


def test_two_lamps_that_have_the_same_error_are_two() -> None:
    assert (
        len(
            told(
                "* lamp.left: Error lighting it: no bulb in stock\n* lamp.right: Error lighting it: no bulb in stock\n"
            )
        )
        == 2
    )


def test_one_sanitizer_below_another() -> None:
    text = (
        "lamp.c:7:6: runtime error: index 8 out of bounds for type 'int [4]'\n"
        + "=" * 65
        + "\n==12==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7f pc 0x4\n"
        "    #0 0x4 in main lamp.c:7\n"
        "SUMMARY: AddressSanitizer: stack-buffer-overflow lamp.c:7 in main\n"
    )
    first, second = told(text)
    assert "index 8 out of bounds" in first
    assert "stack-buffer-overflow" in second


def test_a_sanitizer_that_was_told_of_a_signal_is_one() -> None:
    text = (
        "AddressSanitizer:DEADLYSIGNAL\n"
        + "=" * 65
        + "\n==12==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x4)\n    #0 0x4 in main lamp.c:7\n"
    )
    assert len(told(text)) == 1


def test_msbuild_puts_its_place_before_each_line_of_an_exception() -> None:
    place = r"C:\sdk\Lamp.targets(46,5): error : "
    text = (
        f"    {place}The run was aborted: System.Exception: no bulb [C:\\a.csproj]\n"
        f"{place}   at Lamp.On() in C:\\Lamp.cs:line 7 [C:\\a.csproj]\n"
        f"{place}--- End of stack trace from previous location --- [C:\\a.csproj]\n"
        f"{place}The lamp is broken [C:\\a.csproj]\n"
    )
    first, second = told(text)
    assert "no bulb" in first
    assert "The lamp is broken" in second


def test_ruby_whose_message_ends_with_a_line_end() -> None:
    text = "./lamp.rb:31:in `<main>': no method `on' for #<Lamp:0x22>\n (NoMethodError)\n"
    assert told(text) == ["./lamp.rb:31:in `<main>': no method `on' for #<Lamp:0x22> (NoMethodError)"]


def test_a_class_in_brackets_below_other_words_stands_alone() -> None:
    assert told("the lamp is on\n (NoMethodError)\n") == [" (NoMethodError)"]


def test_a_traceback_without_its_end_says_what_the_logger_said() -> None:
    text = (
        "INFO ready\nERROR:    Lamp broke in the application\nTraceback (most recent call last):\n"
        '  File "lamp.py", line 2, in on\n    raise Dark(\n'
    )
    assert messages(text) == [
        "Lamp broke in the application\nTraceback without its exception: the log ends here"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("> start\nsh: lamp-scripts: not found\n", "sh: lamp-scripts: not found"),
        (
            "$ docker push lamp:1\nAn image does not exist locally with the tag: lamp\n"
            "Cleaning up project directory and file based variables\n00:01\nERROR: Job failed: exit code 1\n",
            "An image does not exist locally with the tag: lamp",
        ),
        (
            "$ ./lamp\nthe bulb is gone\nCleaning up project directory and file based variables\n00:01\n"
            "ERROR: Job failed: exit code 1\n",
            "Job failed: exit code 1\nsaid last: the bulb is gone",
        ),
    ],
)
def test_what_stands_above_the_words_of_gitlab(text: str, says: str) -> None:
    assert messages(text) == [says]


@pytest.mark.parametrize(
    "line", ["sh: lamp: found", "the shop: lamp: not found in stock is fine", "crush: lamp: ok"]
)
def test_what_is_no_shell(line: str) -> None:
    assert told(line) == []


@pytest.mark.parametrize(
    "heading",
    [
        "======== LAMP FAILED ========",
        "┏━━━━━━━━━┓\n┃  PANIC  package: lamp • TestLamp  ┃\n┗━━━━━━━━━┛",
    ],
)
def test_a_heading_above_a_panic_is_not_a_second_failure(heading: str) -> None:
    text = f"ready\n{heading}\npanic: no bulb\n\ngoroutine 7 [running]:\nlamp.On()\n\t/srv/demo/lamp.go:27 +0x19\n"
    (trace,) = traces(enumerate(text.split("\n"), 1))
    assert trace.message == "panic: no bulb"
    assert trace.lines[-1].endswith("+0x19")


def test_a_heading_with_other_words_below_is_told() -> None:
    assert told("===== LAMP FAILED =====\nthe bulb was changed\npanic: no switch\n") == [
        "===== LAMP FAILED =====",
        "panic: no switch",
    ]


def test_rows_of_a_table_are_no_headings() -> None:
    text = "| lamp | FAILED |\n| door | Error: no key |\n"
    assert len(told(text)) <= 2
    assert told(text)[0] == "| lamp | FAILED |"


def test_gocheck_says_behind_dots_what_was_wrong() -> None:
    text = (
        "PANIC: lamp_test.go:178: LampSuite.TearDownTest\n"
        "... Panic: runtime error: invalid memory address (PC=0x117095A)\n"
        "/usr/local/go/src/runtime/panic.go:513\n  in gopanic\n"
    )
    assert told(text) == ["Panic: runtime error: invalid memory address (PC=0x117095A)"]


@pytest.mark.parametrize(
    ("above", "says"),
    [
        ("Exception in thread lamp-thread:", "Exception in thread lamp-thread:\n"),
        ('10.0.0.1 "POST /lamp HTTP/1.1" 500 -\nError on request:', "Error on request:\n"),
        ("the lamp is on", ""),
    ],
)
def test_the_line_above_a_traceback_that_is_cut(above: str, says: str) -> None:
    text = f'{above}\nTraceback (most recent call last):\n  File "lamp.py", line 2, in on\n    raise Dark(\n'
    assert messages(text)[-1] == f"{says}Traceback without its exception: the log ends here"


def test_pytest_that_breaks_off_within_an_internal_error() -> None:
    run = made(
        "============================= test session starts ==============================\n"
        "collected 1 item\n"
        "INTERNALERROR> Traceback (most recent call last):\n"
        'INTERNALERROR>   File "/srv/demo/main.py", line 283, in wrap_session\n'
        "INTERNALERROR>     session.lamp = on(config)\n",
        "pytest-console",
    )
    assert [f.message for f in run.failures] == [
        "INTERNALERROR of pytest: the output ends within its traceback"
    ]


def test_a_worker_of_xdist_that_died() -> None:
    text = (
        "[gw0] node down: Not properly terminated\n"
        "INTERNALERROR> Traceback (most recent call last):\n"
        'INTERNALERROR>   File "/srv/demo/main.py", line 283, in wrap_session\n'
        "INTERNALERROR>     session.lamp = on(config)\n"
        "INTERNALERROR>\n"
        "INTERNALERROR> KeyError: 'gw0'\n"
    )
    assert messages(text) == ["KeyError: 'gw0'"]
