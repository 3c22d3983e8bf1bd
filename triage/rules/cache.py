"""Rules as they were read last: reading YAML anew costs more time than a start has.

A directory of rules has one file in the user's cache directory: a digest, then the rules as JSON. The digest is over the
version, the code that reads, the rule files and the JSON, so that what is old, broken or of somebody else is not taken.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from platformdirs import user_cache_path

from triage import __version__
from triage.rules.load import MAX_BYTES, Loaded, load_directory, rule_files
from triage.rules.model import Condition, Group, Rule, Term

_CODE = [Path(__file__).with_name(f"{name}.py") for name in ("load", "model", "nodes", "reading")]
_DIGEST = 32
_FEW_BYTES = 16 << 10
"""Rule files that have less together are read in milliseconds: not every little project leaves a file behind."""
_TEXTS = ("capturing", "split_by", "causes", "checks", "questions", "links", "matching", "not_matching")


def load_cached(directory: Path) -> Loaded:
    """What ``load_directory`` gives, without reading YAML where no file has changed.

    What is wrong with the cache costs time and nothing else. Rules of a directory with errors are not kept.
    """
    made_of = _made_of(directory)
    if made_of is None:
        return load_directory(directory)
    place = cache_place(directory)
    with suppress(OSError, ValueError):
        return Loaded(_unpacked(place.read_bytes(), made_of), ())
    loaded = load_directory(directory)
    if not loaded.errors and _made_of(directory) == made_of:  # else a file was written in the meantime
        with suppress(OSError):
            _write(place, _packed(loaded.rules, made_of))
    return loaded


def cache_place(directory: Path) -> Path:
    """The file in which the rules of ``directory`` are kept."""
    name = hashlib.blake2b(str(directory.absolute()).encode("utf-8", "surrogateescape"), digest_size=8)
    return user_cache_path("triage", appauthor=False) / "rules" / f"{name.hexdigest()}.rules"


def _made_of(directory: Path) -> bytes | None:
    """A digest of all that the rules are made of; None where they are not worth keeping, or cannot be read."""
    digest = hashlib.blake2b(f"{__version__}\0{directory}".encode("utf-8", "surrogateescape"))
    files = rule_files(directory)
    try:
        sizes = [path.stat().st_size for path in files]
        if sum(sizes) < _FEW_BYTES or max(sizes) > MAX_BYTES:
            return None
        for path in (*files, *_CODE):
            data = path.read_bytes()
            digest.update(f"\0{path.name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    except OSError:
        return None
    return digest.digest()


def _packed(rules: tuple[Rule, ...], made_of: bytes) -> bytes:
    data = orjson.dumps(rules, default=_as_dict)
    return _sealed(data, made_of) + data


def _as_dict(one: Rule | Term) -> dict[str, object]:
    return one._asdict()


def _unpacked(packed: bytes, made_of: bytes) -> tuple[Rule, ...]:
    """The rules in ``packed``.

    Raises:
        ValueError: they are made of something else, or are not whole.
    """
    data = memoryview(packed)[_DIGEST:]
    if packed[:_DIGEST] != _sealed(data, made_of):
        raise ValueError
    return tuple(map(_rule, orjson.loads(data)))


def _sealed(data: bytes | memoryview, made_of: bytes) -> bytes:
    return hashlib.blake2b(data, key=made_of, digest_size=_DIGEST).digest()


def _rule(told: dict[str, Any]) -> Rule:
    for key in ("any", "all", "none"):
        told[key] = tuple(map(_term, told[key]))
    for key in _TEXTS:
        told[key] = tuple(told[key])
    return Rule(**told)


def _term(told: dict[str, Any]) -> Term:
    if "kind" in told:
        return Condition(**told)
    return Group(**{key: tuple(map(_term, terms)) for key, terms in told.items()})


def _write(place: Path, data: bytes) -> None:
    """Put ``data`` at ``place``, whole or not at all."""
    from tempfile import mkstemp

    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).replace(place)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
