"""Which reader reads a source: every module of ``triage/ingest/readers`` may be asked, content decides.

There are many, so they are asked in families: what begins like XML or JSON is shown to the readers of that first
(modules called ``*_xml`` and ``*json*``), any other text to those that are met most. The others are only loaded and asked
when none of these is sure.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache, lru_cache

from triage.ingest import readers
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.text import is_binary
from triage.ingest.xml_text import root

_COMMON = frozenset(
    ("pytest_console", "unittest_console", "jest_console", "vitest_console", "playwright_console", "tap", "teamcity",
     "markdown_report", "log")
)  # fmt: skip
_SURE = {"common": 80, "text": 70, "xml": 50, "json": 50}
"""The families, in the order of asking, and how sure one of a family must be so that no other is asked."""
_OF_CTEST = " failed out of "
"""CTest prints the consoles of runners that are met more often than it is."""
_MARKUP = re.compile(r"<[A-Za-z?!]")
_OBJECT = re.compile(r"^\s*(?:[\w.$]{1,60}\()?[{\[]", re.MULTILINE)


@cache
def _family(name: str) -> tuple[Reader, ...]:
    modules = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    loaded = (
        importlib.import_module(f"{readers.__name__}.{module}")
        for module in modules
        if _family_of(module) == name
    )
    return tuple(module.READER for module in loaded if hasattr(module, "READER"))


def _family_of(module: str) -> str:
    if module in _COMMON:
        return "common"
    return "xml" if module.endswith("_xml") else "json" if "json" in module else "text"


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader there is."""
    return tuple(reader for family in _SURE for reader in _family(family))


def reads_documents(reader: Reader) -> bool:
    """Whether it reads XML or JSON, and no lines; asked without loading the other readers."""
    return _family_of(reader.sniff.__module__.rpartition(".")[2]) in ("xml", "json")


def surest(source: Source) -> tuple[int, Reader]:
    """The reader that is surest of ``source``, and how sure it is, 0 to 100."""
    return _surest(source.sample)


@lru_cache(maxsize=4)
def _surest(sample: Sample) -> tuple[int, Reader]:
    best: tuple[int, Reader] | None = None
    for family in _families_of(sample):
        found = max(((reader.sniff(sample), reader) for reader in _family(family)), key=lambda pair: pair[0])
        if best is None or found[0] > best[0]:
            best = found
        if best[0] >= _SURE[family] and _OF_CTEST not in sample.end:
            break
    assert best is not None
    return best


def _families_of(sample: Sample) -> list[str]:
    """Those whose sources can look like this, the likeliest first."""
    begin = sample.text.lstrip("\ufeff \t\r\n")[:1]
    first = "xml" if begin == "<" else "json" if begin in ("{", "[") else "common"
    possible = {"common", "text", first}
    # A console may stand before a document.
    possible |= {"xml"} if _MARKUP.search(sample.text) else set()
    possible |= {"json"} if _OBJECT.search(sample.text) or not sample.text else set()
    return sorted(possible, key=lambda name: (name != first, list(_SURE).index(name)))


def choose(source: Source) -> Reader:
    """The reader that is surest of ``source``.

    Raises:
        IngestError: empty, binary, or in no known format.
    """
    if not source.head.strip():
        raise IngestError(f"{source.name}: empty file; was the run stopped before it wrote its results?")
    score, reader = surest(source)
    if score > 0:
        return reader
    if is_binary(source.head):
        raise IngestError(
            f"{source.name}: binary data, not a test result; name the log, XML or JSON file instead"
        )
    if (element := root(source.sample)[0]) and source.sample.text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise IngestError(
            f"{source.name}: unknown format: XML with the root <{element}>, which holds no test results; "
            "see 'triage parse --help' for the formats that are read"
        )
    raise IngestError(
        f"{source.name}: unknown format; see 'triage parse --help' for the formats that are read"
    )
