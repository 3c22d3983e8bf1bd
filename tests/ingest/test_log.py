"""Any log: each failure once, with the lines around it, and nothing that only sounds like one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.ingest import Source, collect
from triage.ingest.logs.severity import CAUSE, ERROR, WRAPPER, severity

TextSource = Callable[[str], Source]


@pytest.mark.parametrize(
    "line",
    [
        "0 errors, 0 warnings",
        "loaded error_handler from plugins",
        "no failures so far",
        "compiling src/errors/fail-fast.rs",
        "request failed, retrying (1/3) ... succeeded",
        '{"errors": 0, "failed": 0}',
        "set -e; trap on_error ERR",
        "12 passed",
        "INFO registered error page",
        "W0302 02:00:01.000000 1 reflector.go:324] failed to list pods: will retry",
        "test_error_handling PASSED",
        "DEBUG errors=[] failed=0",
        "checking for strerror... yes",
        "npm ERR! A complete log of this run can be found in:",
        "│                         │         executed │           failed │",
        "npm ERR!     /shop/.npm/_logs/2019-08-22T10_59_14_802Z-debug.log",
        "checking for error.h... no",
        "conftest.c:30:10: fatal error: lamp.h: No such file or directory",
        "gcc: error: unrecognized command-line option '-V'",
        "==77== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)",
        "20 silly publish   readme: 'If you get the error `no lamp`, throw it away',",
        "35 http 403 https://registry.example/lamp",
        "47 error code E403",
        "Determining if the include file lamp.h exists failed with the following output:",
        "/srv/demo/b/CMakeFiles/CMakeScratch/TryCompile-BOqxh8/CheckIncludeFile.c:1:10: fatal error: lamp.h: No such file or directory",
        "gmake[1]: *** [CMakeFiles/cmTC_1a2b3.dir/build.make:78: CMakeFiles/cmTC_1a2b3.dir/src.c.o] Error 1",
        "  --lf, --last-failed   rerun only the tests that failed",
        "      --fail-fast  Stop at the first failure",
        "f703cde What a test says when it dies is the reason of its failure",
        "* 1a2b3c4 Exit codes: a step that failed says why",
    ],
)
def test_innocent_lines(line: str) -> None:
    assert severity(line) < WRAPPER


@pytest.mark.parametrize(
    ("line", "least"),
    [
        ('java.lang.NullPointerException: Cannot invoke "String.length()"', CAUSE),
        ("tar: No space left on device", CAUSE),
        (
            'fatal: [web1]: FAILED! => {"msg": "Unable to start nginx: the control process exited with error code."}',
            CAUSE,
        ),
        ("│ Error: creating EC2 Instance: VcpuLimitExceeded", CAUSE),
        ("panic: runtime error: index out of range", CAUSE),
        ("src/main.c:12:5: error: expected ';'", CAUSE),
        ("2026-01-02 03:04:05 ERROR shop.api: sign-up broke", ERROR),
        ("[ERROR] Failed to execute goal", ERROR),
        ("Process completed with exit code 1.", WRAPPER),
        ("checking for LAMP... configure: error: lamp not found", CAUSE),
        ("BUG: kernel NULL pointer dereference, address: 0000000000000018", CAUSE),
        ("general protection fault: 0000 [#1] SMP KASAN", CAUSE),
        ("Kernel panic - not syncing: VFS: Unable to mount root fs", CAUSE),
        ("Kernel panic - not syncing: Fatal exception", WRAPPER),
        ("Guru Meditation Error: Core  0 panic'ed (StoreProhibited). Exception was unhandled.", CAUSE),
        ("Exception Type:  EXC_CRASH (SIGABRT)", CAUSE),
        ("! Undefined control sequence.", CAUSE),
        ("Unhandled DIVISION-BY-ZERO in thread #<SB-THREAD:THREAD>:", CAUSE),
        ("* aws_lamp.one: Error creating lamp: AccessDenied: no right to do it", CAUSE),
        ("Package lamps (1.20) not found.", ERROR),
        ("48 error you are not allowed to publish lamps", ERROR),
    ],
)
def test_telling_lines(line: str, least: float) -> None:
    assert severity(line) >= least


def test_a_traceback_is_one_failure_with_its_place(text_source: TextSource) -> None:
    run = collect(
        text_source(
            "starting\nworker is up\nTraceback (most recent call last):\n"
            '  File "/usr/lib/python3/x.py", line 3, in y\n    z()\n'
            '  File "shop/api.py", line 17, in sign_up\n    raise ValueError("no key")\n'
            "ValueError: no key\nshutting down\n"
        )
    )
    [failure] = run.failures
    assert (failure.type, failure.headline) == ("ValueError", "ValueError: no key")
    assert (failure.file, failure.line) == ("shop/api.py", 17)
    assert failure.trace.startswith("starting")
    assert (failure.source_line, failure.lead) == (3, 2)


def test_chained_tracebacks_are_one_failure(text_source: TextSource) -> None:
    run = collect(
        text_source(
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'a'\n\n"
            "The above exception was the direct cause of the following exception:\n\n"
            'Traceback (most recent call last):\n  File "b.py", line 2, in g\nRuntimeError: no a\n'
        )
    )
    assert [failure.headline for failure in run.failures] == ["RuntimeError: no a"]
    assert "KeyError: 'a'" in run.failures[0].trace


def test_the_cause_stands_above_its_echo(text_source: TextSource) -> None:
    run = collect(text_source("ok\ncp: No space left on device\nmake: *** [all] Error 1\nexit code 1\n"))
    assert [failure.message for failure in run.failures] == ["cp: No space left on device"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "AddressSanitizer:DEADLYSIGNAL\n=====\n==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n"
            "    #0 0x5622 in pour /srv/cup.c:3\n\nAddressSanitizer can not provide additional info.\n"
            "SUMMARY: AddressSanitizer: SEGV /srv/cup.c:3 in pour\n==7==ABORTING\n",
            "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0",
        ),
        (
            "Core was generated by `cup'.\nProgram terminated with signal SIGSEGV, Segmentation fault.\n"
            "#0  0x00f5 in kill () at kill.S:81\n81      kill.S: No such file or directory.\n(gdb) bt\n"
            "#0  0x00f5 in kill () at kill.S:81\n#1  <signal handler called>\n#2  pour () at cup.c:3\n",
            "Program terminated with signal SIGSEGV, Segmentation fault.",
        ),
        (
            "(gdb) bt\n#0  0x00f5 in kill () at kill.S:81\n#1  <signal handler called>\n#2  pour () at cup.c:3\n",
            "#1  <signal handler called>",
        ),
        (
            "Signal: 11 (SEGV)\nMessage: Process 7 (cup) of user 0 dumped core.\n\nStack trace of thread 7:\n"
            "#0  0x00007 n/a (n/a + 0x0)\n",
            "Message: Process 7 (cup) of user 0 dumped core.",
        ),
        (
            'SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".\n'
            "java.lang.IllegalStateException: no cup\n\tat shop.Cup.pour(Cup.java:3)\n",
            "java.lang.IllegalStateException: no cup",
        ),
        (
            "Type error: Argument 1 passed to Cup::pour() must be of the type integer\n\n"
            "in Cup.php (line 24)\nat Cup->pour('/')\nin Kitchen.php (line 9)\nat Kitchen->unauthorized()\n",
            "Type error: Argument 1 passed to Cup::pour() must be of the type integer",
        ),
        (
            "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: tasks (1 sub-exception)\n"
            "  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n"
            '    |   File "a.py", line 1, in f\n    | ValueError: no cup\n    +------------------------------------\n',
            "ValueError: no cup",
        ),
        (
            'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: no cup\n\n'
            "During handling of the above exception, another exception occurred:\n\n"
            'Traceback (most recent call last):\n  File "b.py", line 1, in g\n',
            "ValueError: no cup",
        ),
    ],
)
def test_a_crash_is_one_failure_with_the_line_that_tells_it(
    text_source: TextSource, text: str, message: str
) -> None:
    assert [failure.message for failure in collect(text_source(text)).failures] == [message]


def test_repeated_lines_are_folded(text_source: TextSource) -> None:
    text = "".join(f"quiet\nquiet\nquiet\nquiet\nquiet\nERROR: lost request {n}\n" for n in range(500))
    run = collect(text_source(text))
    assert [failure.message for failure in run.failures] == ["lost request 0"]
    assert [(warn.text, warn.line) for warn in run.warnings] == [("said 500 times", 6)]


_CHAIN = (
    '10:00:00 INFO starting\nException in thread "main" java.lang.RuntimeException: wrapper\n'
    "\tat shop.App.main(App.java:{line})\nCaused by: java.io.IOException: No space left on device\n"
    "\tat shop.Disk.write(Disk.java:77)\n\t... 5 more\n\tSuppressed: java.lang.Exception: close\n"
    "\t\tat shop.Disk.close(Disk.java:99)\n"
)


def test_copies_of_a_trace_are_one_failure(text_source: TextSource) -> None:
    run = collect(text_source(_CHAIN.format(line=10) * 3))
    [failure] = run.failures
    assert (failure.file, failure.line) == ("App.java", 10)
    assert [(warn.text, warn.line) for warn in run.warnings] == [("said 3 times", 2)]


def test_traces_of_different_places_are_different_and_do_not_reach_into_each_other(
    text_source: TextSource,
) -> None:
    run = collect(text_source(_CHAIN.format(line=10) + _CHAIN.format(line=20)))
    assert [failure.line for failure in run.failures] == [10, 20]
    assert all(failure.trace.count("Suppressed") == 1 for failure in run.failures)
    assert not run.warnings


def test_lines_that_differ_in_an_id_are_one_failure(text_source: TextSource) -> None:
    ids = [f"{n * 2_654_435_761 % 2**32:08x}" for n in range(30)]
    run = collect(text_source("".join(f"10:00:00 ERROR request {id} failed\n" for id in ids)))
    assert len(run.failures) == 1
    assert [warn.text for warn in run.warnings] == ["said 30 times"]


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: upstream answered with status {}",
        "ERROR: HTTP {}",
        "ERROR: helper ended with exit code {}",
        'ERROR: GET / HTTP/1.1" {}',
    ],
)
def test_a_code_is_no_value(text_source: TextSource, said: str) -> None:
    lines = [said.format(code) for code in (404, 503) for _ in range(80)]
    run = collect(text_source("\n".join(lines)))
    assert len(run.failures) == 2
    assert [warn.text for warn in run.warnings] == ["said 80 times"] * 2


def test_different_failures_of_one_message_are_told_until_there_are_many(text_source: TextSource) -> None:
    run = collect(text_source("".join(f"a.c:{n}:5: error: no such valve\n" for n in range(1, 91))))
    assert [failure.line for failure in run.failures] == list(range(1, 51))
    assert [warn.text for warn in run.warnings] == ["said 90 times with other values, the first 50 are kept"]


def test_errors_of_a_compiler_in_two_places_are_two(text_source: TextSource) -> None:
    said = "error[E0382]: borrow of moved value: `a`\n --> src/main.rs:{}:5\n"
    run = collect(text_source(said.format(4) + said.format(14) + said.format(4)))
    assert len(run.failures) == 2
    assert [warn.text for warn in run.warnings] == ["said 2 times"]


def test_the_most_frequent_failures_are_told_with_their_number(text_source: TextSource) -> None:
    names = [chr(ord("a") + n % 26) * (n // 26 + 1) + "q" for n in range(40)]
    run = collect(text_source("".join(f"ERROR: no lease for {name}\n" * 2 for name in names)))
    assert len(run.failures) == 40
    assert len(run.warnings) == 21
    assert run.warnings[-1].text == "20 failures more were said up to 2 times"


def test_what_a_step_that_passed_said_too_is_told_of_the_one_that_failed(text_source: TextSource) -> None:
    run = collect(text_source(_job("psql: error: connection to server failed: Connection refused")))
    assert [failure.message[:5] for failure in run.failures] == ["psql:"]
    assert run.failures[0].source_line == 9


@pytest.mark.parametrize("last", ["Finished: SUCCESS", "[INFO] BUILD SUCCESS", "Job succeeded"])
def test_errors_that_a_build_got_over_are_no_failures(text_source: TextSource, last: str) -> None:
    run = collect(text_source(f"start\nERROR: cannot reach the cache, going on without\nmore\n{last}\n"))
    assert run.failures == ()
    assert [w.line for w in run.warnings] == [2] and last.split(" in ")[0] in run.warnings[0].text


def test_what_breaks_behind_a_green_build_is_a_failure(text_source: TextSource) -> None:
    run = collect(
        text_source("start\n[INFO] BUILD SUCCESS\n[INFO] Total time: 3 s\ndeploying\nERROR: no key\n")
    )
    assert [failure.message for failure in run.failures] == ["no key"]


def test_one_green_job_does_not_make_the_others_green(text_source: TextSource) -> None:
    run = collect(
        text_source(
            "ERROR: no key\nProcess completed with exit code 1.\n"
            + "quiet\n" * 30
            + "ERROR: x\nmake: *** [all] Error 2\nfine\nJob succeeded\n"
        )
    )
    assert "no key" in run.failures[0].message


def test_a_log_without_a_failure_is_a_run_without_one(text_source: TextSource) -> None:
    run = collect(text_source("all is well\n" * 20))
    assert (run.format, run.failures, run.totals.tests) == ("log", (), 0)


@pytest.mark.parametrize(
    ("said", "told", "kind"),
    [
        ("PHP Fatal error:  Uncaught PumpError: ran dry in /srv/a.php:3", "ran dry", "PumpError"),
        ("Fatal error: Allowed memory size of 99 bytes exhausted", "exhausted", ""),
        ("a.c:3:4: runtime error: index 9 out of bounds for type 'int [8]'", "out of bounds", ""),
        ("WARNING: ThreadSanitizer: data race (pid=7)", "ThreadSanitizer: data race", ""),
        ("make: *** No rule to make target 'pump.o'.  Stop.", "No rule", ""),
        ("Unhandled exception. Pump.DryException: no water", "no water", "Pump.DryException"),
        ("│ Error: creating pump: it exists", "it exists", ""),
        ("E0114 19:35:37.737240    2596 pump.go:82] ran dry", "ran dry", ""),
        ('error An error occurred: "https://demo.org/pump.tgz: ESOCKETTIMEDOUT".', "ESOCKETTIMEDOUT", ""),
        ('{"level":50,"err":{"type":"PumpError","message":"ran dry"},"msg":"oh"}', "ran dry", "PumpError"),
        ("dyld: Library not loaded: @rpath/libpump.dylib", "libpump", ""),
        ('nginx: [emerg] host not found in upstream "pump"', "host not found", ""),
        ("terminate called after throwing an instance of 'Dry'\n  what():  no water", "no water", "Dry"),
        ("** (ArithmeticError) bad argument in arithmetic expression", "bad argument", "ArithmeticError"),
        ("pump.rb:7:in `run': undefined method `open' (NoMethodError)", "undefined method", "NoMethodError"),
        ("##[error]The job has exceeded the maximum execution time of 9 minutes.", "exceeded", ""),
    ],
)
def test_every_runtime_has_its_way_to_say_it(
    text_source: TextSource, said: str, told: str, kind: str
) -> None:
    [failure] = collect(text_source(f"starting\nstarted\n{said}\n")).failures
    assert told in failure.message
    assert failure.type == kind


def test_what_a_line_says_of_itself_counts(text_source: TextSource) -> None:
    log = (
        "2024-05-01 10:00:00,123 - root - INFO - error_handler loaded\n"
        "10:00:01.123 [main] INFO  org.Pump - Connection refused by the policy, as it should\n"
        'level=info msg="failed to reach the pump, retrying"\n'
        '{"level":"info","msg":"could not find a cache"}\n'
        "[2025-06-07T16:34:16.995650Z ThreadId(1) pump DEBUG] cannot open valve 9\n"
        'level=warning msg="failed to list valves, will retry"\n'
        "WARN  pump cannot be reached, retrying in 5 s\n"
        "I0114 19:35:36.164379    2596 pump.go:10] failed to open, will open later\n"
    )
    assert not collect(text_source(log)).failures


def test_a_traceback_behind_changing_stamps_has_its_exception(text_source: TextSource) -> None:
    lines = (
        "Traceback (most recent call last):",
        '  File "pump.py", line 3, in run',
        "    open_valve()",
        "PumpError: ran dry",
    )
    log = "ready\n" + "".join(f"Mar  4 14:05:{9 + n} web[12]: {line}\n" for n, line in enumerate(lines))
    [failure] = collect(text_source(log + "and on\nit\ngoes\n")).failures
    assert (failure.type, failure.message) == ("PumpError", "PumpError: ran dry")
    assert failure.source_line == 2


def test_a_panic_of_rust_says_why_in_the_line_below(text_source: TextSource) -> None:
    [failure] = collect(
        text_source("thread 'main' panicked at src/a.rs:7:6:\npump is dry\nnote: run with x\n")
    ).failures
    assert failure.message == "pump is dry"


def test_the_exception_below_the_line_of_its_logger_is_told_once(text_source: TextSource) -> None:
    log = (
        "2019-12-12 12:53:26.094 ERROR 3008 --- [  main] o.s.boot.SpringApplication : run failed\n\n"
        "org.demo.PumpException: ran dry\n\tat org.demo.Pump.run(Pump.java:3) ~[pump.jar:1]\n"
    )
    [failure] = collect(text_source(log)).failures
    assert (failure.type, failure.file, failure.line) == ("org.demo.PumpException", "Pump.java", 3)


def test_an_exit_code_right_below_a_cause_does_not_hide_it(text_source: TextSource) -> None:
    log = "E: Unable to locate package pump\nError: Process completed with exit code 100.\n"
    assert [f.message for f in collect(text_source(log)).failures] == ["E: Unable to locate package pump"]


def test_an_event_below_another_is_one_of_its_own(text_source: TextSource) -> None:
    log = (
        'nginx: [emerg] host not found in upstream "pump"\n'
        "2024/01/02 10:00:00 [error] 7#7: connect() failed (111: Connection refused)\n"
    )
    assert len(collect(text_source(log)).failures) == 2


def _job(body: str, ending: str = "##[error]Process completed with exit code 1.") -> str:
    """The raw log of a job of GitHub Actions whose last step prints ``body``."""
    lines = (
        "Current runner version: '2.311.0'",
        "##[group]Run ./wait.sh",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        "psql: error: connection to server failed: Connection refused",
        "ready",
        "##[group]Run make check || exit 1",
        "##[endgroup]",
        *body.split("\n"),
        ending,
        "Cleaning up orphan processes",
    )
    return "".join(f"2026-03-02T02:00:{n:02}.1234567Z {line}\n" for n, line in enumerate(lines) if line)


def test_only_the_step_that_failed_has_failures(text_source: TextSource) -> None:
    run = collect(text_source(_job("pump.c:3:9: error: the pump is dry")))
    assert [(f.message, f.line) for f in run.failures] == [("pump.c:3:9: error: the pump is dry", 3)]
    assert "1 lines sound like failures in steps that passed" in run.warnings[0].text


def test_a_job_without_a_marked_error_passed(text_source: TextSource) -> None:
    run = collect(text_source(_job("all is well", "")))
    assert not run.failures and len(run.warnings) == 1


def test_what_the_runner_says_itself_has_its_level(text_source: TextSource) -> None:
    run = collect(text_source(_job("##[warning]Failed to restore the cache", "##[error]Input must be short")))
    assert run.failures[-1].message == "Input must be short"
    assert not any("cache" in failure.message for failure in run.failures)


def test_a_command_in_a_dockerfile_is_read_without_its_step(text_source: TextSource) -> None:
    log = '#9 0.1 start\n#9 1.2 Traceback (most recent call last):\n#9 1.2   File "a.py", line 3, in f\n#9 1.2 KeyError: 1\n'
    [failure] = collect(text_source(log)).failures
    assert (failure.type, failure.file, failure.line) == ("KeyError", "a.py", 3)


@pytest.mark.parametrize(
    "line",
    [
        "npm warn ERESOLVE overriding peer dependency",
        "-- Performing Test HAVE_WERROR - Failed",
        "-- Could NOT find Doxygen (missing: DOXYGEN_EXECUTABLE)",
        "checking for strlcpy in -lbsd... not found",
        "debconf: unable to initialize frontend: Dialog",
        "+ test -n '' || exit 1",
        'if [ $? -ne 0 ]; then echo "Build failed"; exit 1; fi',
        "   Compiling failure v0.1.8",
        '10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET /a HTTP/1.1" 404 0 "-" "curl"',
        "Connection refused; retrying in 1s",
        "pump.py:3: RuntimeWarning: Failed to load the valve",
        "src/pump.c:12:5: warning: unused variable 'error' [-Wunused]",
        "[ RUN      ] Pump.ThrowsError",
        'ok: [web1] => {"changed": false, "failed": false}',
        "CRITICAL: 0, HIGH: 0",
        "100% tests passed, 0 tests failed out of 12",
        "      --log-level=error",
        "-XX:+HeapDumpOnOutOfMemoryError",
        "✖ 3 problems (0 errors, 3 warnings)",
    ],
)
def test_more_innocent_lines(line: str) -> None:
    assert severity(line) < WRAPPER


@pytest.mark.parametrize(
    "line",
    [
        "npm ERR! missing script: build",
        "./pump.go:12:5: undefined: valve",
        "app/pump.py:12:80: E501 line too long (120 > 79 characters)",
        "/src/Pump.java:400:\tEmptyCatch:\tAvoid empty catch blocks",
        "Undefined symbols for architecture arm64:",
        "pump.obj : error LNK2019: unresolved external symbol valve",
        "double free or corruption (out)",
        "'pump' is not recognized as an internal or external command,",
        "/bin/sh: 1: pump: not found",
        "Error response from daemon: manifest for pump:9 not found",
        "CONFLICT (content): Merge conflict in pump.c",
        "go: updates to go.mod needed; to update it:",
        "Because pump depends on valve (>=2), version solving failed.",
        "  × No solution found when resolving dependencies:",
        "Jest: coverage threshold for branches (80%) not met: 70%",
        "[02:00:00 ERR] Unhandled request",
        "fail: Pump.Server[13]",
        "pump.service: Main process exited, code=exited, status=1/FAILURE",
        "CMake Error at CMakeLists.txt:12 (find_package):",
        "ERROR: No matching distribution found for pump==9",
    ],
)
def test_more_telling_lines_are_found_in_a_log(text_source: TextSource, line: str) -> None:
    assert severity(line) >= ERROR
    quiet = "quiet\n" * 20
    assert len(collect(text_source(f"{quiet}{line}\n{quiet}")).failures) == 1


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            "npm ERR! code EUSAGE\nnpm ERR! \nnpm ERR! the lock file is not in sync\nnpm ERR! Usage:\nnpm ERR! npm ci",
            "npm ERR! the lock file is not in sync",
        ),
        (
            "2026-01-02T03:04:05 ERROR 1 --- [main] o.s.Reporter   : \n\n***\nFAILED TO START\n***\n\nValve failed to open\n",
            "Valve failed to open",
        ),
        (
            "warn: Pump.Http[3]\n      Failed to find a port.\nfail: Pump.Http[1]\n      DryException: no water",
            "DryException: no water",
        ),
        (
            'fatal: [a]: FAILED! => {"msg": "no pump"}\n...ignoring\nquiet\nfatal: [a]: FAILED! => {"msg": "dry"}',
            'fatal: [a]: FAILED! => {"msg": "dry"}',
        ),
        (
            'Error from server (BadRequest): "pump" is waiting\nerror: timed out waiting for the pump',
            'Error from server (BadRequest): "pump" is waiting',
        ),
    ],
)
def test_the_reason_is_told_where_it_stands(text_source: TextSource, log: str, told: str) -> None:
    assert collect(text_source(f"starting\n{log}\n")).failures[0].message == told


@pytest.mark.parametrize("last", ["Done. Your build exited with 0.", "CircleCI received exit code 0"])
def test_more_last_words_of_builds_that_passed(text_source: TextSource, last: str) -> None:
    assert not collect(text_source(f"start\nERROR: cannot reach the cache\nmore\n{last}\n")).failures


def test_what_docker_repeats_of_npm_says_its_reason(text_source: TextSource) -> None:
    log = "------\n > RUN npm ci:\n0.95 npm error code EUSAGE\n0.95 npm error\n0.95 npm error the lock file is old\n"
    [failure] = collect(text_source(log)).failures
    assert "the lock file is old" in failure.message


def test_a_suite_of_jest_that_did_not_run_says_why(text_source: TextSource) -> None:
    log = "quiet\nFAIL Pump\n  ● Test suite failed to run\n    TypeError: pump is not a function\n\n      1 | pump()\n"
    assert [f.message.strip() for f in collect(text_source(log)).failures][
        -1
    ] == "TypeError: pump is not a function"


def test_a_head_that_ends_with_a_colon_goes_on_below(text_source: TextSource) -> None:
    log = 'CMake Error at CMakeLists.txt:3 (find_package):\n  Could not find "Pump".\n\n'
    [failure] = collect(text_source(log)).failures
    assert failure.message == 'CMake Error at CMakeLists.txt:3 (find_package): Could not find "Pump".'


@pytest.mark.parametrize(
    "log",
    [
        "CMake Warning at CMakeLists.txt:3 (message):\n  could not find the valve: it is left out\n\n  failed to look\n",
        "[12:00:01 WRN] Failed to determine the port\n",
        "    Fix crash when the pump failed\n",
        "03-17 16:13:45.466  1702 17632 W Pump: java.lang.ClassCastException: x\n",
    ],
)
def test_a_warning_is_context_to_its_end(text_source: TextSource, log: str) -> None:
    assert not collect(text_source(f"start\n{log}")).failures


@pytest.mark.parametrize(
    "aborted", ["Aborted (core dumped)", "./run.sh: line 3:    12 Aborted   (core dumped) ./app"]
)
@pytest.mark.parametrize(
    "crash",
    [
        "Unhandled exception. Pump.DryException: no water\n   at Pump.Run() in /src/P.cs:line 3",
        "FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n 1: 0xb09980 node::Abort() [node]",
        "terminate called after throwing an instance of 'Dry'\n  what():  no water",
        "free(): invalid pointer\n",
    ],
)
def test_a_crash_and_what_the_shell_says_of_it_are_one_failure(
    text_source: TextSource, crash: str, aborted: str
) -> None:
    [failure] = collect(text_source(f"start\n{crash}\n{aborted}\nquiet\n")).failures
    assert "Aborted" not in failure.message and aborted in failure.trace


def test_an_abort_behind_something_else_is_a_failure(text_source: TextSource) -> None:
    assert len(collect(text_source("ERROR: no cache\nAborted (core dumped)\n")).failures) == 2
    assert len(collect(text_source("fatal: x\nquiet\nAborted (core dumped)\n")).failures) == 2


@pytest.mark.parametrize(
    "last",
    [
        "attempt 3 succeeded",
        "10:00:03 INFO attempt 3/5: ok",
        "Attempt #3 was successful",
        "succeeded on attempt 3",
    ],
)
@pytest.mark.parametrize("quiet", [0, 30])
def test_tries_before_one_that_succeeded_are_no_failures(
    text_source: TextSource, last: str, quiet: int
) -> None:
    tries = [f"10:00:0{n} attempt {n}: ERROR connection refused" for n in (1, 2)]
    gap = ["quiet"] * quiet
    log = [tries[0], *gap, tries[1], "  at a.b.Pump.fill(Pump.java:3)", *gap, last, *gap, "ERROR: no water"]
    run = collect(text_source("\n".join(log)))
    assert [failure.message for failure in run.failures] == ["no water"]
    assert not run.warnings


@pytest.mark.parametrize(
    "last", ["giving up", "attempt 3 was not successful", "attempt 3: ERROR ok", "fill: attempt 3 succeeded"]
)
def test_tries_of_which_none_succeeded_are_failures(text_source: TextSource, last: str) -> None:
    log = "".join(f"attempt {n}: ERROR connection refused\n" for n in (1, 2)) + "ERROR: no water\n"
    run = collect(text_source(f"{log}{last}\n"))
    assert [failure.message for failure in run.failures][:2] == [
        "attempt 1: ERROR connection refused",
        "no water",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: no water {n}",
        "thread 'main' panicked at src/a.rs:7:6:\nboom {n}",
        "terminate called after throwing an instance of 'Dry'\n  what():  no water",
        'Mar  4 14:05:{n:02} web[12]: Traceback (most recent call last):\nMar  4 14:05:{n:02} web[12]:   File "a.py", line 3, in f\n'
        "Mar  4 14:05:{n:02} web[12]: KeyError: 1",
        "10:00:{n:02} ERROR gone\njava.io.IOException: no water\n\tat a.b.Pump.fill(Pump.java:3)",
    ],
)
def test_all_copies_are_counted_though_few_are_looked_at(text_source: TextSource, said: str) -> None:
    quiet = "quiet\n" * 20
    run = collect(text_source("".join(f"{said.format(n=n % 60)}\n{quiet}" for n in range(2_000))))
    assert len(run.failures) == 1
    assert [warn.text for warn in run.warnings] == ["said 2000 times"]


def test_each_of_two_exceptions_is_counted_for_itself(text_source: TextSource) -> None:
    quiet = "quiet\n" * 20
    traceback = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n{}: 1\n' + quiet
    log = traceback.format("KeyError") * 300 + traceback.format("ValueError") * 200
    run = collect(text_source(log))
    assert [failure.type for failure in run.failures] == ["KeyError", "ValueError"]
    assert [warn.text for warn in run.warnings] == ["said 300 times", "said 200 times"]


def test_an_exception_without_a_word_is_not_told_by_what_stands_around_it(text_source: TextSource) -> None:
    text = (
        "the shop opens\n"
        "  Traceback (most recent call last):\n"
        '    File "/shop/till.py", line 3, in pay\n'
        "      assert till\n"
        "  AssertionError\n"
        "the shop closes\n"
    )
    (failure,) = collect(text_source(text)).failures
    assert (failure.message, failure.source_line, failure.line) == ("AssertionError", 2, 3)
    assert "the shop opens" in failure.trace


def test_a_traceback_behind_the_stack_of_another_failure(text_source: TextSource) -> None:
    text = (
        "thread 'main' panicked at 'the till is locked', src/till.rs:163:21\n"
        "stack backtrace:\n"
        "   0: rust_begin_unwind\n"
        "note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n"
        "the wrapper goes on\n"
        "Traceback (most recent call last):\n"
        '  File "/shop/run.py", line 3, in run\n'
        "    raise Closed(1)\n"
        "shop.Closed: 1\n"
    )
    first, second = collect(text_source(text)).failures
    assert "the till is locked" in first.message
    assert (second.message, second.source_line) == ("shop.Closed: 1", 6)


def test_tracebacks_that_do_not_follow_from_each_other(text_source: TextSource) -> None:
    text = (
        "test_pay failed (1).Traceback (most recent call last):\n"
        '  File "/shop/till.py", line 3, in pay\n'
        "    assert till\n"
        "AssertionError\n"
        "\n"
        "test_drop failed (1).Traceback (most recent call last):\n"
        '  File "/shop/floor.py", line 9, in drop\n'
        "    floor[3]\n"
        "IndexError: no floor\n"
    )
    first, second = collect(text_source(text)).failures
    assert (first.message, first.source_line, first.line) == ("AssertionError", 1, 3)
    assert (second.message, second.source_line, second.line) == ("IndexError: no floor", 6, 9)


def test_error_records_of_powershell(text_source: TextSource) -> None:
    text = (
        "the shop opens\n"
        "go : panic: the till is locked\n"
        "At C:\\shop\\run.ps1:26 char:3\n"
        "+   go test ./...\n"
        "+   ~~~~~~~~~~~~~\n"
        "    + CategoryInfo          : NotSpecified: (panic: the till is locked:String) [], RemoteException\n"
        "    + FullyQualifiedErrorId : NativeCommandError\n"
        " \n"
        "Add-Box : The shelf is full\n"
        "At line:1 char:5\n"
        "+     Add-Box\n"
        "+     ~~~~~~~\n"
        "    + CategoryInfo          : OperationStopped: (:) [], RuntimeException\n"
        "    + FullyQualifiedErrorId : The shelf is full\n"
        "the shop closes\n"
    )
    failures = collect(text_source(text)).failures
    assert [(f.headline, f.source_line) for f in failures] == [
        ("go : panic: the till is locked", 2),
        ("Add-Box : The shelf is full", 9),
    ]


def test_a_step_of_which_only_the_exit_code_is_known_tells_what_it_said_last(text_source: TextSource) -> None:
    log = "##[group]Run ./fill\n##[endgroup]\nthe tank on the roof is full of sand\n##[error]Process completed with exit code 3.\n"
    [failure] = collect(text_source(log)).failures
    assert failure.message.split("\n")[1:] == ["said last: the tank on the roof is full of sand"]


def test_a_make_is_not_told_again_by_the_one_around_it(text_source: TextSource) -> None:
    log = "filling\nmake[2]: *** [Makefile:9: fill] Terminated\nmake[1]: *** [Makefile:4: pump] Error 2\nmake: *** [all] Error 2\n"
    assert [failure.headline for failure in collect(text_source(log)).failures] == [
        "make[2]: *** [Makefile:9: fill] Terminated"
    ]


def test_a_level_in_small_letters_behind_the_time(text_source: TextSource) -> None:
    log = "2026-03-02 02:00:01 info [Pump]: starts\n2026-03-02 02:00:02 error [Pump]: the tank is open\n"
    assert [failure.headline for failure in collect(text_source(log)).failures] == [
        "error [Pump]: the tank is open"
    ]


ONE = {
    "perl": ("lamp is gone at lamp.pl line 3.\n\tmain::light(1) called at lamp.pl line 9\n", "lamp is gone at lamp.pl line 3."),
    "haskell": (
        "lamp: Map.!: given key is not an element in the map\nCallStack (from HasCallStack):\n  error, called at Map.hs:6:17\n",
        "lamp: Map.!: given key is not an element in the map",
    ),
    "tcl": ('no such lamp 7\n    while executing\n"error"\n    (procedure "light" line 1)\n', "no such lamp 7"),
    "lua": ("lua: lamp.lua:2: too bright\nstack traceback:\n\tlamp.lua:4: in main chunk\n", "lua: lamp.lua:2: too bright"),
    "elixir": (
        "07:24:50.363 [error] GenServer Lamp terminating\n** (ArithmeticError) bad argument in arithmetic expression\n    lamp.ex:6: f/1\n",
        "** (ArithmeticError) bad argument in arithmetic expression",
    ),
    "mono": (
        "Unhandled Exception:\nSystem.InvalidOperationException: no lamp\n  at P.Main () [0x0000b] in /lamp.cs:2\n",
        "System.InvalidOperationException: no lamp",
    ),
    "the jvm": (
        "#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  SIGSEGV (0xb) at pc=0x00007f, pid=1\n#\n",
        "SIGSEGV (0xb) at pc=0x00007f, pid=1",
    ),
    "an oops": (
        "BUG: kernel NULL pointer dereference, address: 0000000000000002\n#PF: supervisor read access in kernel mode\n"
        "Oops: 0000 [#1] SMP PTI\nRIP: 0010:lamp+0x6c/0x100\n",
        "BUG: kernel NULL pointer dereference, address: 0000000000000002",
    ),
    "uv": (
        "error: No solution found when resolving dependencies:\n  cause: Because lamp needs Python>=3.12\n         cannot be used.\n\n"
        "         And because nothing else is there,\n         lamp cannot be used.\n",
        "error: No solution found when resolving dependencies: cause: Because lamp needs Python>=3.12",
    ),
    "an app of Android": (
        "03-02 10:00:02.100  43  43 E AndroidRuntime: FATAL EXCEPTION: main\n"
        "03-02 10:00:02.100  43  43 E AndroidRuntime: Process: lamp, PID: 43\n"
        "03-02 10:00:02.100  43  43 E AndroidRuntime: java.lang.RuntimeException: no lamp\n"
        "03-02 10:00:02.101  43  43 E AndroidRuntime: \tat lamp.Main.on(Main.java:9)\n"
        "03-02 10:00:02.102  43  43 E AndroidRuntime: \t... 11 more\n",
        "java.lang.RuntimeException: no lamp",
    ),
    "an app of an older Android": (
        "03-02 10:00:02.100: E/AndroidRuntime(43): FATAL EXCEPTION: main\n"
        "03-02 10:00:02.100: E/AndroidRuntime(43): java.lang.RuntimeException: no lamp\n"
        "03-02 10:00:02.101: E/AndroidRuntime(43):    at lamp.Main.on(Main.java:9)\n",
        "java.lang.RuntimeException: no lamp",
    ),
    "a traceback without its indentation": (
        'main::ERROR::(run) Traceback (most recent call last):\nFile "lamp.py", line 7, in run\n    light()\nLampError: no lamp\n',
        "LampError: no lamp",
    ),
    "what a provisioner printed": (
        "Error: Error running command 'light': exit status 1. Output: lamp is denied\n",
        "Error: Error running command 'light': exit status 1. Output: lamp is denied",
    ),
    "postgres": (
        '2026-03-02 10:00:02.100 UTC [86] ERROR:  relation "lamps" does not exist at character 15\n',
        'relation "lamps" does not exist at character 15',
    ),
    "terraform": (
        "Error: Error applying plan:\n\n1 error(s) occurred:\n\n* aws_lamp.one: Error creating lamp: AccessDenied: no\n",
        "* aws_lamp.one: Error creating lamp: AccessDenied: no",
    ),
    "a hook of git push": (
        "remote: -----> building\nremote: \nremote: lamp.js\nremote: Module not found: Can't resolve 'lamp'\nremote: \n"
        "remote: npm ERR! code ELIFECYCLE\nremote: npm ERR! errno 1\nremote: bye\n",
        "Module not found: Can't resolve 'lamp'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", ONE)
def test_what_stands_around_the_message_does_not_hide_it(who: str, text_source: TextSource) -> None:
    log, message = ONE[who]
    run = collect(text_source(f"started\n{log}stopped\n"))
    assert [failure.message for failure in run.failures] == [message]


def test_each_error_of_valgrind_is_one(text_source: TextSource) -> None:
    log = "==7== Invalid write of size 8\n==7==    at 0x10: f (a.c:6)\n==7== \n==7== Invalid read of size 1\n==7==    at 0x20: f (a.c:7)\n"
    run = collect(text_source(f"{log}ok\n==7== ERROR SUMMARY: 2 errors from 2 contexts\n"))
    assert [failure.message for failure in run.failures] == [
        "==7== Invalid write of size 8",
        "==7== Invalid read of size 1",
    ]


@pytest.mark.parametrize(
    "log",
    [
        "rm lamp\nrm: cannot remove 'lamp': No such file or directory\nmake: [Makefile:3: clean] Error 1 (ignored)\ncc -c a.c\n",
        "10:00:01 WARNING [sync] attempt 1 of 5 failed: reset\nTraceback (most recent call last):\n"
        '  File "a.py", line 1, in f\nConnectionResetError: reset by peer\n10:00:02 INFO [sync] attempt 2 succeeded\n',
        "configure:9: gcc lamp.c -llamp\n/usr/bin/ld: cannot find -llamp\ncollect2: error: ld returned 1 exit status\n\nconfigure: exit 0\n",
    ],
)
def test_what_was_got_over_is_no_failure(log: str, text_source: TextSource) -> None:
    assert not collect(text_source(log)).failures
