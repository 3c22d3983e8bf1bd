"""``triage`` itself: the screen for what is named, and the commands, each loaded when it is called."""

from __future__ import annotations

import difflib
import importlib
import io
import os
import sys
from pathlib import Path

import click

from triage import __version__
from triage.cli.output import ascii_option, complain, db_option, expect_store

# name: (module, help)
_COMMANDS = {
    "parse": ("parse", "Read results and print them, without a database."),
    "ingest": ("read", "Read results into the database."),
    "run": ("live", "Run a command and read what it prints, as it comes."),
    "watch": ("live", "Read what is written to a directory, as it comes."),
    "serve": ("serve", "The screens in a browser."),
    "extract": ("read", "The lines of a raw log that tell the failure."),
    "group": ("read", "Group texts, one a line."),
    "clusters": ("look", "The clusters, most blocked tests first."),
    "show": ("look", "One cluster in full."),
    "tests": ("look", "The tests that failed or were flaky."),
    "runs": ("look", "The runs, the newest first."),
    "search": ("look", "Search failures and notes."),
    "view": ("view", "Open a log of any size at a line."),
    "merge": ("moves", "Make clusters one."),
    "split": ("moves", "Make a variant of a cluster one of its own."),
    "apart": ("moves", "Never merge two clusters."),
    "rename": ("moves", "Call a cluster something else."),
    "undo": ("moves", "Take the last decision back."),
    "recluster": ("moves", "Place all failures anew, and tell what moved."),
    "gate": ("gate", "Whether the newest runs are as expected."),
    "expect": ("gate", "Say that failures are right, for a time."),
    "expectations": ("gate", "What is expected to fail, and whether it still does."),
    "rules": ("rules", "Check, test and explain the rules."),
    "export": ("export", "A postmortem as Markdown, HTML or JSON."),
    "probe": ("probe", "Send requests to test a hypothesis."),
}


def _meant(words: list[str]) -> str | None:
    """The command that the first of ``words`` nearly is, where it names nothing that could be read."""
    if not words or os.path.lexists(words[0]):
        return None
    return next(iter(difflib.get_close_matches(words[0], _COMMANDS, 1, 0.75)), None)


class _Root(click.Group):
    """A group whose first word may also be a path: what is no command is ingested and opened."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"triage.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        lead = args[:2] if args[:1] == ["--db"] else [arg for arg in args[:1] if arg.startswith("--db=")]
        rest = args[len(lead) :]
        if rest and rest[0] in _COMMANDS:
            args = [rest[0], *lead, *rest[1:]]
        elif meant := _meant(rest):
            raise click.UsageError(f"{rest[0]}: neither a path nor a command; did you mean '{meant}'?", ctx)
        elif asked := [arg for arg in args if arg in ("--help", "--version")]:
            args = asked
        else:
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] == "open":
            return "open", open_, args[1:]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Root, options_metavar="[--db FILE] [--ascii]", subcommand_metavar="[PATH... | COMMAND]")
@click.version_option(__version__, prog_name="triage")
def triage() -> None:
    """Turn failed test runs into proven root causes.

    With paths (files, directories, globs, archives, URLs, '-' for stdin), reads them into the database and opens
    the screen; without any, opens the screen on what is there. Without a terminal it prints the summary instead.
    """


def has_screen(paths: tuple[str, ...] = ()) -> bool:
    """Whether somebody sits before it: at a terminal, or at a browser (``triage serve`` names a driver)."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    return sys.stdout.isatty() and (sys.stdin.isatty() or ("-" in paths and _keyboard_behind_pipe()))


def _keyboard_behind_pipe() -> bool:
    """Take all of standard input, then put the terminal in its place, so that the screen has keys.

    False without a terminal to open.
    """
    try:
        keyboard = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    from triage.ingest.inputs import piped

    click.echo("triage: reading standard input ...", err=True)
    data = piped()
    os.dup2(keyboard, 0)
    os.close(keyboard)
    # What reads "-" later reads this; the screen reads descriptor 0.
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    return True


@click.command("open", hidden=True)
@click.argument("paths", nargs=-1)
@ascii_option
@db_option
def open_(paths: tuple[str, ...], ascii_only: bool, db_path: Path | None) -> None:
    """Ingest the paths and open the screen."""
    if not paths:
        expect_store(db_path)
    if has_screen(paths):
        from triage.tui import run

        code, unread = run(list(paths), db_path, ascii=ascii_only)
        for error in unread:
            complain(error)
        sys.exit(code)
    from triage.cli.summary import print_summary

    sys.exit(print_summary(list(paths), db_path))
