"""A reader that ends whoever reads with it, as a crash or a full memory would. Other processes import it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from triage.ingest.reader import Reader, Sample, Source
from triage.model import Item


def _sniff(sample: Sample) -> int:
    return 100 * sample.text.startswith("deadly")


def _read(source: Source) -> Iterator[Item]:
    os._exit(1)
    yield


def at_once() -> None:
    """What a process does first, where none can be had."""
    os._exit(1)


READER = Reader("deadly", _sniff, _read)
