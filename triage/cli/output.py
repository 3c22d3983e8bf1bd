"""Everything that goes to stdout and stderr: one JSON document, plain tables, one-line errors."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
import orjson

from triage.analysis.impact import count, grouped
from triage.escapes import visible
from triage.model import Totals, TriageError

if TYPE_CHECKING:
    from rich.console import Console

    from triage.rules import RuleError
    from triage.store import Store

_PIPE_WIDTH = 160

_Command = TypeVar("_Command", bound=Callable[..., Any])


def complain(error: TriageError | str) -> None:
    """One line on stderr."""
    click.echo("triage: " + visible(" ".join(str(error).split("\n"))), err=True)


def complain_of_rules(errors: Iterable[RuleError]) -> None:
    """A line for each rule that goes without being asked."""
    for error in errors:
        complain(error.told)


def show_place(error: RuleError) -> None:
    """The line that is wrong, with a mark, on stderr."""
    for line in error.shown.split("\n") if error.shown else ():
        click.echo(visible(line), err=True)


def say(text: str) -> None:
    """``text`` on stdout; what a log, a name or a server put into it cannot act on the terminal."""
    click.echo(visible(text))


def print_json(document: object) -> None:
    """``document`` as the only thing on stdout."""
    click.echo(
        orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str).decode()
    )


def findings(format_: str, totals: Totals, failures: int) -> str:
    """What was read of one source, in a few words: ``pytest-console, 9 tests, 5 failed``."""
    told = [format_]
    if totals.tests:
        told.append(count(totals.tests, "test"))
    if totals.failed:
        told.append(f"{grouped(totals.failed)} failed")
    if totals.errors:
        told.append(count(totals.errors, "error"))
    if not totals.red:
        told.append(
            count(failures, "failure") if failures else "no failures" if totals.tests else nothing(format_)
        )
    return ", ".join(told)


def outcomes(totals: Totals) -> str:
    """Tests, and how they ended."""
    return (
        f"{count(totals.tests, 'test')}: {grouped(totals.passed + totals.xpassed)} passed, {grouped(totals.failed)} failed,"
        f" {count(totals.errors, 'error')}, {grouped(totals.skipped)} skipped, {count(totals.xfailed, 'expected failure')},"
        f" {grouped(totals.flaky)} flaky"
    )


def nothing(format_: str) -> str:
    """What is said of a source with neither a test nor a failure."""
    return "nothing in it sounds like a failure" if format_ == "log" else "no tests in it"


def console() -> Console:
    """Where tables are printed; plain where stdout is no terminal or ``NO_COLOR`` is set."""
    from rich.console import Console

    # Asked for by name: rich would believe FORCE_COLOR and its likes.
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False)
    return Console(highlight=False, markup=False, width=_PIPE_WIDTH, force_terminal=False, color_system=None)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, stretch: str = "") -> None:
    """Print a table; numbers are flush right, the ``stretch`` column takes what is left.

    Rich's own tables wrap, frame and colour cells, which takes a second for some thousand rows; these need none of it.
    """
    target = console()
    cells = [[visible(" ".join(str(cell).split("\n"))) for cell in row] for row in rows]
    # The stretch column gives way first, then what is wider than a share, then what is widest.
    needed = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    widths = [min(width, target.width * 2 // 5) for width in needed]
    if stretch in columns:
        at = columns.index(stretch)
        widths[at] = max(8, min(needed[at], target.width - sum(widths) + widths[at] - 3 * len(columns)))
    while (total := sum(widths) + 3 * len(columns) - 1) > target.width and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    numeric = [
        bool(rows) and all(isinstance(row[at], int | float) for row in rows) for at in range(len(columns))
    ]

    def line(row: Sequence[str]) -> str:
        told = map(_fitted, row, widths, numeric)
        return f" {'   '.join(told)}".rstrip()

    target.out(f"\n{line(columns)}", style="bold", highlight=False)
    target.out("\n".join((f" {'─' * (total - 2)}", *map(line, cells), "")), highlight=False)


def _fitted(cell: str, width: int, flush_right: bool) -> str:
    """``cell`` in ``width`` columns of a terminal."""
    from rich.cells import cell_len, set_cell_size

    size = len(cell) if cell.isascii() else cell_len(cell)
    if size > width:
        return f"{set_cell_size(cell, width - 1)}…"
    blanks = " " * (width - size)
    return blanks + cell if flush_right else cell + blanks


def db_option(command: _Command) -> _Command:
    """``--db FILE``, also ``TRIAGE_DB``; what SQLite refuses while the command runs is a ``StoreError``."""

    @functools.wraps(command)
    def told(*arguments: Any, db_path: Path | None, **options: Any) -> Any:
        from triage.store.database import default_path, telling

        with telling(db_path or default_path()):
            return command(*arguments, db_path=db_path, **options)

    return db_path_option(cast(_Command, told))


def db_path_option(command: _Command) -> _Command:
    """``--db FILE`` for what can do without the database, and does not load it."""
    return click.option(
        "--db", "db_path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="The database (default: TRIAGE_DB, or one in your data directory).",
    )(command)  # fmt: skip


def ascii_option(command: _Command) -> _Command:
    """``--ascii``."""
    return click.option(
        "--ascii", "ascii_only", is_flag=True,
        help="Draw the screen in ASCII (as where the locale has no UTF-8).",
    )(command)  # fmt: skip


def json_option(command: _Command) -> _Command:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def store_at(path: Path | None, *, telling_age: bool = True) -> Store:
    """The store of the ``--db`` option, made if there is none; says so if another version grouped its failures."""
    from triage.store import default_path, open_store
    from triage.store.grouping import AGED, is_aged

    db = open_store(path)
    if telling_age and is_aged(db):
        complain(f"{path or default_path()}: {AGED}")
    return db


def store_to_read(path: Path | None, *, telling_age: bool = True) -> Store:
    """The store of the ``--db`` option for who only looks: nothing is made; a default that is not there yet is empty.

    Raises:
        StoreError: a database is named that is not there.
    """
    from triage.store import default_path, empty_store

    expect_store(path)
    there = (path or default_path()).exists()
    return store_at(path, telling_age=telling_age) if there else empty_store()


def expect_store(path: Path | None) -> None:
    """The database that is named, if one is, is there.

    Raises:
        StoreError: it is not.
    """
    from triage.store import StoreError

    if path is not None and not path.exists():
        raise StoreError(f"{path}: no such database; 'triage ingest' makes one")
