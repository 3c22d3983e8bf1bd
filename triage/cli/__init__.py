"""Click commands: thin. Parse, call, print. This module owns the exit codes and what errors look like."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The ``triage`` program. Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input."""
    import click

    from triage.cli.root import triage
    from triage.model import TriageError

    out = sys.stdout
    try:
        triage([_text(argument) for argument in sys.argv[1:]], prog_name="triage", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except TriageError as error:
        _refuse(str(error))
    except SystemExit as stop:
        # The reader of a pipe went away: click swaps stdout and exits with 1, which here would be an answer.
        sys.exit(0 if sys.stdout is not out else stop.code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _refuse(f"{name}{error.strerror or error}; check the file and its disk")


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
