"""Logs of builds and jobs: what is said twice, what is a command's text, what only the next line explains."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.ingest import Source, collect

TextSource = Callable[[str], Source]


def _told(source: Source) -> list[str]:
    return [failure.message for failure in collect(source).failures]


@pytest.mark.parametrize(
    ("log", "told"),
    [
        # A module of Python that is not there.
        ("/usr/bin/python3: No module named pump", "/usr/bin/python3: No module named pump"),
        # .NET's Debug.Assert.
        (
            "---- DEBUG ASSERTION FAILED ----\n---- Assert Short Message ----\nthe tank is empty",
            "DEBUG ASSERTION FAILED",
        ),
        # color-eyre.
        (
            "The application panicked (crashed).\nMessage:  no water\nLocation: src/pump.rs:9",
            "no water",
        ),
        # Symfony names the class alone.
        (
            'Shop\\Error\\RuntimeError:\nValve "a" is shut.\n\n  at src/Pump.php:12\n',
            'Valve "a" is shut.',
        ),
        # Of a chain of which one says nothing.
        (
            "java.lang.RuntimeException\n\tat shop.A.a(A.java:1)\nCaused by: java.lang.ExceptionInInitializerError\n"
            "\tat shop.B.b(B.java:2)\nCaused by: java.io.IOException: the valve is shut\n\tat shop.C.c(C.java:3)",
            "java.io.IOException: the valve is shut",
        ),
    ],
)
def test_what_is_told_of_a_failure(text_source: TextSource, log: str, told: str) -> None:
    [message] = _told(text_source(f"starting\n{log}\n"))
    assert told in message


def test_the_summary_of_msbuild_tells_nothing_again(text_source: TextSource) -> None:
    error = "/srv/pump/Pump.csproj : error NU1101: Unable to find package Valve."
    log = (
        f"  Determining projects to restore...\n{error} [/srv/pump/Pump.sln]\n"
        "  Failed to restore /srv/pump/Pump.csproj (in 240 ms).\n\nBuild FAILED.\n\n"
        f'"/srv/pump/Pump.sln" (Restore target) (1) ->\n  {error} [/srv/pump/Pump.sln]\n\n'
        "    0 Warning(s)\n    1 Error(s)\n"
    )
    [message] = _told(text_source(log))
    assert "Unable to find package Valve" in message


def test_errors_of_msbuild_that_differ_are_two(text_source: TextSource) -> None:
    log = "a.obj : error LNK2019: unresolved external symbol f\na.obj : error LNK2019: unresolved external symbol g\n"
    assert len(_told(text_source(log))) == 2


def _step(command: str, said: str, shell: str = "shell: /usr/bin/bash -e {0}\n") -> str:
    lines = (
        f"Current runner version: '2.311.0'\n##[group]Run {command}\n{shell}##[endgroup]\n{said}\n"
        "##[error]Process completed with exit code 2."
    )
    return "".join(f"2026-03-02T02:00:01.1234567Z {line}\n" for line in lines.split("\n"))


def test_the_text_of_a_command_is_no_failure(text_source: TextSource) -> None:
    script = "sed '\n/error: /d\n\nTypeError: never\n' pump.log"
    assert _told(text_source(_step(script, "sed: fatal: cannot open pump.log"))) == [
        "sed: fatal: cannot open pump.log"
    ]


def test_what_a_step_says_is_no_command_though_its_head_was_cut(text_source: TextSource) -> None:
    assert _told(text_source(_step("pump", "TypeError: no water", shell=""))) == ["TypeError: no water"]


@pytest.mark.parametrize("behind", ["", "\n", "make: *** [Makefile:3: all] Error 2\n"])
def test_a_perl_that_dies_last(text_source: TextSource, behind: str) -> None:
    log = f"7 shelves at run.pl line 9.\ncounting\n7 shelves at run.pl line 9.\n{behind}"
    [failure] = collect(text_source(log)).failures
    assert (failure.message, failure.file, failure.line) == ("7 shelves at run.pl line 9.", "run.pl", 9)
    assert failure.source_line == 3


@pytest.mark.parametrize(
    "log",
    [
        "no shelf at run.pl line 9.\ncounting\n12 shelves\n",
        "counting\nUse of uninitialized value $shelf in addition (+) at run.pl line 9.\n",
        "counting\nno shelf at run.pl line 9.\nFinished: SUCCESS\n",
    ],
)
def test_a_perl_that_only_warns(text_source: TextSource, log: str) -> None:
    assert not _told(text_source(log))


@pytest.mark.parametrize(
    ("log", "told"),
    [
        # BYOND, which puts no blank before the word.
        ("dm\\Lamp.dm:323:error: shine: duplicate definition", "shine: duplicate definition"),
        ("dm\\Lamp.dm:22:error (bad_cache_file): 'lamp.dmi': file found only in .rsc", "found only in .rsc"),
        # MoonBit.
        (
            "lamp/lib.mbt:7:1-7:4 [E0002] Warning (unused_value): Unused variable 'n'\n"
            "lamp/lib.mbt:8:3-8:12 [E4021] The value identifier shine is unbound.\nError: lib.mbt compilation failed",
            "The value identifier shine is unbound.",
        ),
        # Symfony's console: a box below the place, its words cut at the width of the terminal.
        (
            'In LampBuilder.php line 51:\n                       \n  The lamp "on the sta  \n  irs" is not lit     \n'
            "                       \n\nlamp [--stop-on-error] [--] [<path>]\n",
            'The lamp "on the sta\nirs" is not lit',
        ),
    ],
)
def test_what_few_tools_write_alike(text_source: TextSource, log: str, told: str) -> None:
    [message] = _told(text_source(f"starting\n{log}\n"))
    assert told in message


def test_what_is_done_another_way_instead_is_no_failure(text_source: TextSource) -> None:
    log = "  Failed to load prune data from PackageData folder, loading from targeting packs instead\ndone\n"
    assert not _told(text_source(log))


def test_listr_tells_nothing_twice(text_source: TextSource) -> None:
    said = "Lamp failed to start.", "----------", "/opt/lamp: bad option: --on", "----------"
    log = (
        "[STARTED] Light the lamp\n"
        + "".join(f"[FAILED] {line}\n[FAILED] \n" for line in said)
        + "\n\n".join(said)
    )
    assert _told(text_source(log)) == [
        "[FAILED] Lamp failed to start.",
        "[FAILED] /opt/lamp: bad option: --on",
    ]


def test_sass_tells_an_error_once_whoever_shows_it(text_source: TextSource) -> None:
    excerpt = "Error: Undefined variable.\n  ╷\n6 │     color: $lamp;\n  │            ^^^^^\n  ╵\n  lamp.scss 6:12  root stylesheet\n"
    log = f"{excerpt}file: /srv/lamp/lamp.scss\n\n{excerpt}    at wrap (/srv/lamp/sass.js:2:4)\n ELIFECYCLE  Command failed with exit code 1.\n"
    assert _told(text_source(log)) == ["Error: Undefined variable."]


def test_the_count_of_a_script_repeats_what_stands_above(text_source: TextSource) -> None:
    log = "    ❌ the lamp shines → Error: it is dark\n    ✅ the door shuts\n\n❌ E2E tests failed (1/2 failed) — see shots/\n"
    assert len(_told(text_source(log))) == 1


@pytest.mark.parametrize(
    "last",
    [
        "[INFO] BUILD FAILURE",
        "BUILD FAILED in 25s",
        "> Task :lamp:test FAILED",
        "** TEST FAILED **",
        "** BUILD FAILED **",
        "Errors while running CTest",
        "  1 failing",
        "# fail 1",
        "There were failing tests. See the report at: file:///srv/lamp/index.html",
        "Terminated",
    ],
)
def test_last_words_of_which_nothing_else_is_left(text_source: TextSource, last: str) -> None:
    assert _told(text_source(f"{last}\n")) == [last.strip().removeprefix("[INFO] ")]


def test_build_runner_says_why_behind_an_empty_line(text_source: TextSource) -> None:
    log = "[INFO] Running build...\n\n[SEVERE] lamp_builder on lib/lamp.dart (cached):\n\nNo oil in the lamp\n[SEVERE] Failed after 46ms\n"
    assert _told(text_source(log)) == ["No oil in the lamp"]


def test_vite_says_what_it_met(text_source: TextSource) -> None:
    log = "x Build failed in 75ms\nerror during build:\n[vite:esbuild] Transform failed with 1 error:\n/srv/Lamp.jsx:68:18: ERROR: No oil\n"
    [message] = _told(text_source(log))
    assert "No oil" in message


def test_each_line_of_the_list_of_surefire_is_a_failure(text_source: TextSource) -> None:
    log = "".join(
        f"[ERROR]   LampTest.shines{how}:3{at} expected: <{at}> but was: <9>\n" for at, how in enumerate("AB")
    )
    assert _told(text_source(log)) == [
        "LampTest.shinesA:30 expected: <0> but was: <9>",
        "LampTest.shinesB:31 expected: <1> but was: <9>",
    ]


@pytest.mark.parametrize(
    ("log", "told"),
    [
        # Kernels: what they call information, and any BUG.
        ("[ 12.3] INFO: task pump:29 blocked for more than 120 seconds.", "blocked for more than"),
        ("[ 12.3] net: BUG: the valve of pump0 has no way back", "BUG: the valve"),
        ("Aug  1 10:00:00 pump kernel: sd 0:0:0:0: I/O error, dev sda, sector 8", "I/O error, dev sda"),
        # A signal by its number.
        ("pumpd 1.0 -- Get Signal No.: 11", "Signal No.: 11"),
        # A kind of error, before or behind its place.
        ("Runtime Error: pump.f90, line 7: the valve is no pointer", "Runtime Error"),
        ("pump.s:2: Error: no such instruction: `pour'", "no such instruction"),
        ("%Error: pump.v:3:4: the valve has no width", "the valve has no width"),
        ("pump.xml:3: parser error : the tank is open", "parser error"),
        ("I/O error : the tank is far away", "the tank is far away"),
        ("*** error: the pumps do not match", "the pumps do not match"),
        # Node's view of an error without a stack.
        ("[Error: spawn EPERM] { errno: -4048 }", "spawn EPERM"),
        # Parsers.
        ("(standard_in) 2: syntax error", "syntax error"),
        ("parse error: a key is missing at line 1", "parse error"),
        ("pump.sh: line 9: unexpected EOF while looking for a quote", "unexpected EOF"),
        # What is not there, or another than what is needed.
        ("/srv/pump/test: 7: valvectl: not found", "valvectl"),
        ("there is no package called 'valve'", "valve"),
        ("namespace 'valve' 1.0 is being loaded, but >= 1.1 is required", "is required"),
        ("pkg_resources.DistributionNotFound: the valve is missing", "DistributionNotFound"),
        ("/usr/bin/ld: b.o:(.bss+0x10): multiple definition of `valve'; a.o: first defined here", "multiple"),
        ("Unit pump.service not found.", "pump.service"),
        ("cp: /srv/pump/valve: Read-only file system", "Read-only file system"),
        # Whatever begins and ends in brackets is no list of JSON.
        ("[ERROR] the valve could not be opened -> [Help 1]", "could not be opened"),
        # Programs of a shell that name themselves.
        ("chown: invalid user: ‘pump’", "invalid user"),
        ("cp: missing file operand", "missing file operand"),
        ("jq: error (at <stdin>:1): no valve", "no valve"),
        ("mount: /mnt: special device /dev/pump does not exist.", "does not exist"),
        ("gpg: no valid OpenPGP data found.", "no valid OpenPGP data"),
        ("xz: pump.xz: File format not recognized", "not recognized"),
        # Go's log.Fatal says why above the only line that says that it failed.
        ("2026/08/01 10:00:00 no valve\nexit status 1", "no valve"),
        # An exception of Ruby and what it was raised for.
        (
            "pump.rb:2:in `rescue in <main>': shut (RuntimeError)\n\tfrom pump.rb:2:in `<main>'\n"
            "pump.rb:1:in `f': no valve (ArgumentError)\n\tfrom pump.rb:2:in `<main>'",
            "shut (RuntimeError)",
        ),
        # Nix: why stands below an exit code.
        (
            "error: builder for '/nix/store/aa-pump.drv' failed with exit code 1;\n       last 2 log lines:\n"
            "       > Running phase: installPhase\n       > rm: cannot remove 'pump': No such file or directory\n"
            "error: 1 dependencies of derivation '/nix/store/bb-house.drv' failed to build",
            "cannot remove 'pump'",
        ),
        ("* pump_vm.tank: Wait timeout for:7", "Wait timeout"),
        # A shell of Octave, stacks that begin below their message.
        ("error: x(7): out of bound 3\nerror: called from\n    pump at line 1 column 16", "out of bound"),
        ('divide by zero\n    invoked from within\n"expr {1/0}"', "divide by zero"),
        # One failure with several paragraphs.
        (
            "CMake Error at CMakeLists.txt:3 (find_package):\n  There is no valve.\n\n  Could not find the valve.\n\n",
            "There is no valve.",
        ),
    ],
)
def test_signs_that_many_tools_share(text_source: TextSource, log: str, told: str) -> None:
    [message] = _told(text_source(f"{log}\n"))
    assert told in message


@pytest.mark.parametrize(
    "log",
    [
        # A letter for the level: Beego, Tornado.
        '2026/08/01 19:54:58.498 [D] [server.go:25] "GET /favicon.ico HTTP/1.1 404 0"',
        "[I 2026-08-01 10:00:00.123 PumpApp] error pages are served",
        "[W 10:00:00.123 PumpApp] 404 GET /valve error",
        # PostgreSQL's level for what is no error.
        '2026-08-01 10:00:00.1 UTC [7] LOG:  background worker "pump" (PID 9) exited with exit code 1',
        # Measures, not kinds, of errors.
        "Mean Squared Error: 0.25\nRoot Error: nan",
        # GHC 7, HLint, Nim.
        "Pump.hs:1:2: Warning: the valve is not used",
        "Pump.hs:1:2: Suggestion: Redundant bracket",
        "pump.nim(1, 8) Warning: imported and not used",
        "the process got signal 15",
        # strace; R, whose last word is that it is done.
        'access("/etc/pump", R_OK)      = -1 ENOENT (No such file or directory)',
        "nm.exe: pump.o: File format not recognized\n** help\n* DONE (pump)",
    ],
)
def test_what_only_sounds_like_these(text_source: TextSource, log: str) -> None:
    assert not _told(text_source(f"{log}\n"))


def test_a_server_of_postgresql_that_a_signal_ended(text_source: TextSource) -> None:
    log = "2026-08-01 10:00:00.1 UTC [7] LOG:  server process (PID 9) was terminated by signal 11: Segmentation fault\n"
    assert len(_told(text_source(log))) == 1
