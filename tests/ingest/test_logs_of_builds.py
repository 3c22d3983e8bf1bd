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
            'In Pump.php line 12:\n\nShop\\Error\\RuntimeError:\nValve "a" is shut.\n\n  at src/Pump.php:12\n',
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
