"""Where rules come from: the library, packs that are installed or named, the user's own, the project's."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_config_path

from triage import __version__
from triage.rules.cache import load_cached
from triage.rules.load import Loaded, load, rule_files
from triage.rules.model import RuleError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "triage.rules"
"""The entry points of wheels that bring rules: a name, and the package in whose directory the YAML files lie."""
PROJECT = Path(".triage")
CONFIG = PROJECT / "config.toml"
_TABLES = ("rules", "keys")
_KEYS = ("packs", "off")


@dataclass(frozen=True, slots=True)
class Pack:
    """A directory of rules."""

    name: str
    version: str
    """Empty where nobody says."""
    directory: Path


@dataclass(frozen=True, slots=True)
class Config:
    """What the project says about rules in ``.triage/config.toml``."""

    packs: tuple[Path, ...] = ()
    """Directories, from the project's own directory."""
    off: tuple[str, ...] = ()
    """Ids of rules that are switched off."""
    errors: tuple[RuleError, ...] = ()


def config_files() -> tuple[Path, Path]:
    """The user's configuration, and the project's, which wins where both say something."""
    return user_config_path("triage", appauthor=False) / CONFIG.name, CONFIG


def library() -> Path:
    """The directory of the rules that come with the program."""
    packaged = Path(__file__).with_name("library")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def load_all() -> Loaded:
    """The rules of all packs, later ones overriding earlier ones by id, without those that the project switched off."""
    config = read_config()
    found, errors = packs(config)
    loaded = load((pack.directory for pack in found), load_cached)
    ids = {rule.id for rule in loaded.rules}
    errors += [
        RuleError(str(CONFIG), 1, 1, f"off: no rule has the id '{id_}'; {nearest(id_, sorted(ids)).split('; known')[0]}")
        for id_ in config.off
        if id_ not in ids
    ]  # fmt: skip
    return replace(
        loaded,
        rules=tuple(rule for rule in loaded.rules if rule.id not in config.off),
        errors=(*loaded.errors, *errors),
    )


def packs(config: Config) -> tuple[list[Pack], list[RuleError]]:
    """All packs there are, the weakest first, and what is wrong with those that could not be found."""
    errors = list(config.errors)
    found = [Pack("library", __version__, library())]
    for entry in _installed():
        if (directory := _directory(entry)) is not None:
            found.append(Pack(entry.name, entry.dist.version if entry.dist else "", directory))
        else:
            errors.append(
                RuleError(entry.value, 1, 1, f"the pack '{entry.name}' has no such package; install it again")
            )
    for directory in config.packs:
        if directory.is_dir():
            found.append(Pack(directory.resolve().name, _version(directory), directory))
        else:
            errors.append(RuleError(str(CONFIG), 1, 1, f"packs: {directory} is no directory"))
    own = user_config_path("triage", appauthor=False) / "rules"
    found += [Pack("yours", "", own), Pack("project", "", PROJECT / "rules")]
    return found, errors


def read_config(path: Path = CONFIG) -> Config:
    """What ``path`` says; without it, nothing is set. What is wrong with it is among the errors."""
    try:
        rules = _table(read_toml(path), str(path))
        packs, off = (_texts(rules, key, str(path)) for key in _KEYS)
    except RuleError as error:
        return Config(errors=(error,))
    return Config(tuple(path.parent.parent / pack for pack in packs), tuple(off))


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of the configuration in ``path``; none without it.

    Raises:
        RuleError: it cannot be read, or has a table that nobody knows.
    """
    name = str(path)
    if not path.is_file():
        return {}
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise left_out(name, 1, 1, f"{error.strerror}; check its permissions") from None
    except UnicodeDecodeError:
        raise left_out(name, 1, 1, "not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        said = re.sub(r" \(at .*\)$", "", str(error))
        raise left_out(name, line, column, f"not TOML: {said}") from None
    for key in document:
        if key not in _TABLES:
            raise left_out(name, 1, 1, f"unknown table '{key}'; {nearest(key, _TABLES)}")
    return document


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    rules = document.get("rules", {})
    if not isinstance(rules, dict):
        raise left_out(name, 1, 1, "expected a table [rules]")
    for key in rules:
        if key not in _KEYS:
            raise left_out(name, 1, 1, f"unknown key '{key}' in [rules]; {nearest(key, _KEYS)}")
    return rules


def _texts(table: dict[str, Any], key: str, name: str) -> Iterator[str]:
    texts = table.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise left_out(name, 1, 1, f"{key}: expected a list of texts")
    return iter(texts)


def left_out(name: str, line: int, column: int, text: str) -> RuleError:
    """An error for which the whole file is not used."""
    error = RuleError(name, line, column, text)
    error.left_out = "file"
    return error


def _installed() -> Iterable[EntryPoint]:
    # Asking importlib.metadata costs some 30 ms, which who has no such packs does not pay.
    listed = (path for place in sys.path for path in Path(place or ".").glob("*-info/entry_points.txt"))
    try:
        if not any(f"[{GROUP}]".encode() in path.read_bytes() for path in listed):
            return ()
    except OSError:
        pass  # who cannot be looked at is asked the slow way
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _directory(entry: EntryPoint) -> Path | None:
    """Where the package of an entry point lies; its own code is not run, that of the packages around it is."""
    from importlib.util import find_spec

    try:
        spec = find_spec(entry.module)
    except (ImportError, ValueError, AttributeError):
        return None
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _version(directory: Path) -> str:
    """The version that a directory states in its ``VERSION``, or nothing."""
    try:
        return (directory / "VERSION").read_text("utf-8").strip()[:40]
    except (OSError, UnicodeDecodeError):
        return ""


def stamp(directories: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """When the rule files in ``directories`` and the project's settings were last written (ns), and their sizes; by name."""
    found: dict[str, tuple[int, int]] = {}
    for path in (CONFIG, *(file for directory in directories for file in rule_files(directory))):
        try:
            state = path.stat()
        except OSError:
            continue
        found[str(path)] = state.st_mtime_ns, state.st_size
    return found
