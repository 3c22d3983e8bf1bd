"""Click commands: thin. Parse, call, print. This module owns the exit codes and what errors look like."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import ClickException

_OBJECTS = 100_000
"""Objects that are made before cycles among them are looked for."""


def main() -> None:
    """The ``triage`` program. Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input."""
    # Modules and cases make many objects and hardly a cycle: looked for as often as by default, they cost a twentieth.
    gc.set_threshold(_OBJECTS)
    import click

    from triage.cli.root import triage
    from triage.model import TriageError

    out = sys.stdout
    try:
        triage([_text(argument) for argument in sys.argv[1:]], prog_name="triage", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _refuse(_usage(error))
    except click.Abort:
        sys.exit(130)
    except TriageError as error:
        _refuse(str(error))
    except SystemExit as stop:
        _drop_what_nobody_reads()
        # The reader of a pipe went away: click swaps stdout and exits with 1, which here would be an answer.
        sys.exit(0 if sys.stdout is not out else stop.code)
    except BrokenPipeError:
        _drop_what_nobody_reads()
        sys.exit(0)
    except OSError as error:
        _drop_what_nobody_reads()
        _refuse(f"{error.filename or 'output'}: {error.strerror or error}; check the file and its disk")


def _usage(error: ClickException) -> str:
    """What is wrong with the call, and where its help is."""
    from click import UsageError

    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, UsageError) else None
    if context is None or message.endswith("?"):
        return message
    # What opens the screen has no name of its own.
    return f"{message}; see '{context.command_path.removesuffix(' open')} --help'"


def _drop_what_nobody_reads() -> None:
    """Drop what cannot be written: the interpreter would try it again at its end, and exit with 120."""
    for number, stream in ((1, sys.__stdout__), (2, sys.__stderr__)):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # the reader is gone, or the stream is closed
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _refuse(text: str) -> None:
    from triage.cli.output import complain

    complain(text)
    sys.exit(2)


def _text(argument: str) -> str:
    """``argument`` as text: bytes that are no UTF-8 become U+FFFD, unless they name a file."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        if not os.path.lexists(argument):
            return os.fsencode(argument).decode("utf-8", "replace")
    return argument
