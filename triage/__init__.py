"""Triage: failed test runs to proven root causes.

The Python face of the package; importing it loads nothing heavy, each function loads what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.model import CaseResult

__version__ = "0.1.0"
__all__ = ["group", "normalize", "read_results"]


def read_results(path: str | PathLike[str]) -> Iterator[CaseResult]:
    """The test cases in a file, directory or archive, as a stream.

    Raises:
        triage.model.TriageError: nothing could be read; the message names the file and what to do.
    """
    import os

    from triage.ingest import read
    from triage.ingest.archives import Limits
    from triage.ingest.inputs import find
    from triage.model import CaseResult, TriageError

    for found in find([str(path)], Limits.of(os.environ)):
        if isinstance(found, TriageError):
            raise found
        yield from (item for item in read(found)[1] if isinstance(item, CaseResult))


def normalize(text: str) -> str:
    """``text`` as a template: values masked by typed holes, what carries meaning kept."""
    from triage.signature import normalize as normalize_text

    return normalize_text(text)


def group(texts: Sequence[str]) -> list[int]:
    """A group number for each text; deterministic, independent of the order up to renumbering."""
    from triage.signature import group as group_texts

    return group_texts(texts)
