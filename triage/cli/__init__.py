"""Click commands: thin. Parse, call, print. This module owns the exit codes and what errors look like."""

from __future__ import annotations

import sys


def main() -> None:
    """The ``triage`` program. Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input."""
    from triage.cli.root import triage
    from triage.model import TriageError

    try:
        triage(prog_name="triage")
    except TriageError as error:
        from triage.cli.output import complain

        complain(error)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of a pipe went away: nothing to say, and nobody to say it to.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
