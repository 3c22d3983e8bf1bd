"""Where results come from: what a user names to sources, whether it lies here or on a server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from triage.ingest import IngestError
from triage.ingest.archives import Found, Limits, unpack
from triage.ingest.inputs import find, joined

__all__ = ["resolve"]


def resolve(names: Sequence[str]) -> Iterator[Found]:
    """The sources behind paths, globs, ``-`` and ``http(s)`` URLs, or an error for each that is none.

    Raises:
        IngestError: the environment sets a limit of archives (``inputs.Limits``) that is none.
    """
    return joined(_each(names, Limits.of(os.environ)))


def _each(names: Sequence[str], limits: Limits) -> Iterator[Found]:
    for name in names:
        if name.startswith(("http://", "https://")):
            from triage.sources.http import fetch

            try:
                yield from unpack(fetch(name), limits)
            except IngestError as error:
                yield error
        else:
            yield from find([name], limits)
