"""JSON reports: parsed with a limit and clear errors, and read without trust in their shape.

Every accessor takes any value and gives an empty answer where the shape is another one, so that a reader never has
to ask what it was given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from triage.escapes import strip_ansi
from triage.ingest.json_stream import Streamed
from triage.ingest.reader import IngestError, Sample, Source
from triage.ingest.text import mend

LIMIT = 512 << 20
"""Bytes of one JSON document; it is parsed in memory."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_FILLED = re.compile(r"[^\s\ufeff]")
# What npm and others print before the document that they pass on.
_BELOW_NOISE = re.compile(r"^(?:[\w.$]{1,60}\()?(?=\{\s*\"|\[\s*\{\s*\")", re.MULTILINE)
"""Where a document begins: behind other lines, or in the call of a function (the data of BackstopJS' report)."""
_TRAILING = re.compile(r'("(?>(?:[^"\\]|\\.)*)"?)|,(?=\s{0,200}[}\]])', re.DOTALL)
_SPREAD = 100_000
"""Lines of one object that is spread over lines."""
_NOISE = 8_192
"""Characters that may stand before a document."""


def opens_json(sample: Sample) -> bool:
    """Whether the text begins like a JSON document: an object or a list of something."""
    first = _FILLED.search(sample.text)
    if first is None or first[0] not in "{[":
        return False
    following = _FILLED.search(sample.text, first.end())
    return following is None or following[0] in ('"}' if first[0] == "{" else '{["]0123456789-tfn')


def _opens_below_noise(sample: Sample) -> bool:
    found = _BELOW_NOISE.search(sample.text, 0, _NOISE)
    return found is not None and not sample.text.lstrip().startswith("<")


def has_keys(sample: Sample, *keys: str) -> bool:
    """Whether the text is JSON and its beginning names all of ``keys``."""
    return all(f'"{key}"' in sample.text for key in keys) and (
        opens_json(sample) or _opens_below_noise(sample)
    )


def has_ends(sample: Sample, *keys: str) -> bool:
    """Whether the text is JSON and its beginning or its end names each of ``keys``."""
    return all(f'"{key}"' in sample.text or f'"{key}"' in sample.end for key in keys) and has_keys(sample)


_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits))


def _among_noise(text: str) -> Any:
    """The first document in ``text`` that has lines of something else before or behind it; None without one."""
    start = _BELOW_NOISE.search(text, 0, _NOISE)
    try:
        return None if start is None else _DECODER.raw_decode(text, start.end())[0]
    except (json.JSONDecodeError, RecursionError):
        return None


def _without_commas(text: str) -> Any:
    """The document in ``text``, in which commas stand behind last elements, as in a snapshot; None if that is not why."""
    try:
        return _DECODER.decode(_TRAILING.sub(lambda found: found[1] or "", text))
    except (json.JSONDecodeError, RecursionError):
        return None


def load(source: Source) -> Any:
    """The document in ``source``.

    Raises:
        IngestError: larger than ``LIMIT``, or no complete JSON; names line and column.
    """
    data = source.read(LIMIT)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass  # a byte order mark, another encoding, NaN: the slower reader takes them
    try:
        text = _text_of(source, data)
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        if (document := _among_noise(text)) is not None or (document := _without_commas(text)) is not None:
            return document
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        why = "breaks off; was the run stopped while it wrote?" if cut else "is broken; mend or re-create it"
        raise IngestError(
            f"{source.name}:{error.lineno}:{error.colno}: {error.msg}: the JSON {why}"
        ) from None
    except RecursionError:
        raise IngestError(f"{source.name}: JSON nested too deeply to be a test report") from None


def _text_of(source: Source, data: bytes) -> str:
    """Its text, without the colours of a console on which it was printed."""
    if b"\x1b" in data:
        return "\n".join(source.lines())
    return data.decode(source.encoding, "replace").lstrip("\ufeff")


def load_all(source: Source) -> list[Any]:
    """The documents in ``source``, of which several may follow each other.

    Raises:
        IngestError: see ``load``.
    """
    data = source.read(LIMIT)
    try:
        return [orjson.loads(data)]
    except orjson.JSONDecodeError:
        pass
    text = _text_of(source, data)
    found, at = [], 0
    while (start := _BELOW_NOISE.search(text, at)) is not None:
        try:
            document, at = _DECODER.raw_decode(text, start.end())
        except (json.JSONDecodeError, RecursionError):
            break
        found.append(document)
        if (joint := _FILLED.search(text, at)) is not None and joint[0] == "{":
            # The next one on the same line.
            text, at = text[joint.start() :], 0
    return found or [load(source)]


def load_lines(source: Source) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Each filled line of ``source``, as ``objects_in`` has it."""
    return objects_in((number, line) for number, line in enumerate(source.lines(), 1) if line.strip())


def objects_in(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Each of the numbered lines: its number, the object in it (None: there is none), and its text.

    An object that was spread over many lines for people counts as one, where it begins.
    """
    spread: list[tuple[int, str]] = []
    for number, line in lines:
        if (
            spread
            and line == "}"
            and (told := parse_object("\n".join([*(said for _, said in spread), line])))
        ):
            yield spread[0][0], told, spread[0][1]
            spread = []
            continue
        if spread and not _continues(spread, line):
            yield from ((at, None, said) for at, said in spread)
            spread = []
        if spread or line == "{":
            spread.append((number, line))
            continue
        yield number, parse_object(line), line
    yield from ((at, None, said) for at, said in spread)


def _continues(spread: list[tuple[int, str]], line: str) -> bool:
    """Whether a line can be inside of the object whose first lines are ``spread``."""
    return (
        line[:1] in (" ", "\t")
        and len(spread) < _SPREAD
        and (len(spread) > 1 or line.lstrip().startswith('"'))
    )


def parse_object(line: str) -> dict[str, Any] | None:
    """The JSON object that is ``line``; None if it is none."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def get(value: Any, *path: str) -> Any:
    """What stands at ``path`` in nested objects; None where there is none.

    >>> get({"a": {"b": 1}}, "a", "b"), get([], "a")
    (1, None)
    """
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def items(value: Any, *path: str) -> list[Any]:
    """The list at ``path``; empty where there is none."""
    found = get(value, *path)
    return found if isinstance(found, list) else []


def rows(value: Any, *path: str) -> list[dict[str, Any]]:
    """The objects in the list at ``path``; anything else in it is left out. A long list of a large document may be
    one that is read while it is iterated (``json_stream``)."""
    if isinstance(found := get(value, *path), Streamed):
        return found
    return [row for row in items(value, *path) if isinstance(row, dict)]


def words(value: Any, *path: str) -> list[str]:
    """The texts in the list at ``path``, clean."""
    return [clean(word) for word in items(value, *path) if isinstance(word, str)]


def text(value: Any, *path: str) -> str:
    """The text at ``path``, clean; a number as its digits, lists of texts joined by newlines."""
    found = get(value, *path)
    if isinstance(found, list):
        return "\n".join(words(value, *path))
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return clean(str(found))


def clean(said: str) -> str:
    """``said`` without colours, NULs, mojibake and halves of surrogate pairs."""
    return mend(_SURROGATE.sub("\ufffd", strip_ansi(said))).replace("\x00", "\u2400")


def number(value: Any, *path: str) -> float | None:
    """The finite number at ``path``."""
    found = get(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float) or found != found or abs(found) > 1e15:
        return None
    return float(found)


def integer(value: Any, *path: str) -> int | None:
    """The number at ``path``, without its fraction."""
    found = number(value, *path)
    return None if found is None else int(found)


def seconds(value: Any, *path: str, per: float = 1000.0) -> float | None:
    """Seconds from the number at ``path``, of which ``per`` make a second."""
    found = number(value, *path)
    return None if found is None else round(found / per, 6)


def moment(value: Any, *path: str) -> str | None:
    """The milliseconds since 1970 at ``path`` as ISO 8601; a text there is passed on."""
    if isinstance(said := get(value, *path), str):
        return clean(said) or None
    found = number(value, *path)
    if found is None or not 0 < found < 1e13:
        return None
    return datetime.fromtimestamp(found / 1000, UTC).isoformat(timespec="seconds")
