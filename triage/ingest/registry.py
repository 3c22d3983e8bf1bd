"""Which reader reads a source: every module of ``triage/ingest/readers`` is asked, content decides."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from triage.ingest import readers
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.text import is_binary
from triage.ingest.xml_text import root


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader there is, in the order of the names of their modules."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    modules = (importlib.import_module(f"{readers.__name__}.{name}") for name in names)
    return tuple(module.READER for module in modules if hasattr(module, "READER"))


def choose(source: Source) -> Reader:
    """The reader that is surest of ``source``.

    Raises:
        IngestError: empty, binary, or in no known format.
    """
    if not source.head.strip():
        raise IngestError(f"{source.name}: empty file; was the run stopped before it wrote its results?")
    sample = Sample.of(source)
    score, reader = max(((r.sniff(sample), r) for r in all_readers()), key=lambda pair: pair[0])
    if score > 0:
        return reader
    if is_binary(source.head):
        raise IngestError(
            f"{source.name}: binary data, not a test result; name the log, XML or JSON file instead"
        )
    if (element := root(sample)[0]) and sample.text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise IngestError(
            f"{source.name}: unknown format: XML with the root <{element}>, which holds no test results; "
            "see 'triage parse --help' for the formats that are read"
        )
    raise IngestError(
        f"{source.name}: unknown format; see 'triage parse --help' for the formats that are read"
    )
