"""Keys as somebody wants them: the table ``[keys]`` of the user's and of the project's ``config.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingsMap
from textual.keys import Keys, _character_to_key

from triage.rules.model import RuleError, nearest
from triage.rules.packs import config_files, left_out, read_toml

if TYPE_CHECKING:
    from textual.app import App

_MODIFIERS = ("ctrl", "shift", "alt", "super")


def take_keys(app: App[Any]) -> list[RuleError]:
    """Give ``app`` the keys that the configuration names; what is wrong with these."""
    files = [path for path in config_files() if path.is_file()]
    if not files:
        return []
    keys, errors = read_keys(files)
    app.set_keymap(keys)
    return errors


def read_keys(files: Iterable[Path]) -> tuple[dict[str, str], list[RuleError]]:
    """Keys by the ids of what they do, several with commas between, as ``App.set_keymap`` takes them; and what is wrong:
    that is left out."""
    found: dict[str, str] = {}
    named: dict[str, str] = {}
    errors: list[RuleError] = []
    contexts: dict[str, list[Binding]] = {}
    for path in files:
        try:
            table = _table(path)
        except RuleError as error:
            errors.append(error)
            continue
        contexts = contexts or (bindings() if table else {})
        ids = {binding.id for known in contexts.values() for binding in known if binding.id}
        for id_, keys in table.items():
            try:
                found[id_] = _checked(str(path), id_, keys, ids)
                named[id_] = str(path)
            except RuleError as error:
                errors.append(error)
    while clashing := next(_clashes(found, contexts), None):
        id_, said = clashing
        errors.append(RuleError(named[id_], 1, 1, f"keys: {id_}: {said}"))
        del found[id_]
    return found, errors


def _clashes(found: Mapping[str, str], contexts: Mapping[str, list[Binding]]) -> Iterator[tuple[str, str]]:
    """The ids, the last first, whose keys are those of something else on a screen too, and of what."""
    for id_ in reversed(list(found)):
        for screen, known in contexts.items():
            if all(binding.id != id_ for binding in known):
                continue
            for binding in known:
                keys = found.get(binding.id or "", binding.key).split(",")
                for key in found[id_].split(","):
                    if binding.id != id_ and key in keys:
                        yield (
                            id_,
                            f"'{key}' is '{binding.id or binding.description}' on the screen '{screen}' already",
                        )


def bindings() -> dict[str, list[Binding]]:
    """What can be pressed, by the screen on which it can."""
    from triage.tui.app import TriageApp
    from triage.tui.screens.clusters import ClustersScreen
    from triage.tui.screens.filtering import ClusterFilter
    from triage.tui.screens.listing import ListingScreen
    from triage.tui.screens.log import LogScreen
    from triage.tui.screens.runs import RunsScreen
    from triage.tui.screens.tests import TestsScreen
    from triage.tui.screens.whys import WhysScreen
    from triage.tui.terminal_app import TerminalApp
    from triage.tui.widgets.log_view import LogView
    from triage.tui.widgets.row_list import RowList

    def of(*nodes: type) -> list[Binding]:
        return [binding for node in nodes for _, binding in BindingsMap(node.__dict__["BINDINGS"])]

    return {
        "clusters": of(RowList, ClustersScreen, TriageApp, TerminalApp),
        "filter": of(ClusterFilter),
        "lists": of(RowList, ListingScreen, TestsScreen, RunsScreen, TriageApp, TerminalApp),
        "five whys": of(RowList, WhysScreen, TriageApp, TerminalApp),
        "log": of(LogView, LogScreen, TriageApp, TerminalApp),
    }


def _table(path: Path) -> Mapping[str, object]:
    table = read_toml(path).get("keys", {})
    if not isinstance(table, dict):
        raise left_out(str(path), 1, 1, "expected a table [keys]")
    return table


def _checked(name: str, id_: str, said: object, ids: set[str]) -> str:
    if id_ not in ids:
        raise RuleError(name, 1, 1, f"keys: nothing has the id '{id_}'; {_meant(id_, ids)}")
    keys = [key for key in (said if isinstance(said, list) else [said]) if isinstance(key, str) and key]
    if not keys or said not in (keys, keys[0]):
        raise RuleError(name, 1, 1, f"keys: {id_}: expected a key, or a list of keys")
    return ",".join(_normal(name, id_, key) for key in keys)


def _normal(name: str, id_: str, key: str) -> str:
    """As the library names it.

    Raises:
        RuleError: there is no such key.
    """
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    known = {each.value for each in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}
    whole = "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])
    if whole in known or (len(last) == 1 and last.isprintable() and not modifiers):
        return whole
    if modifiers and set(modifiers) <= set(_MODIFIERS) and (last in known or len(last) == 1):
        return whole
    raise RuleError(name, 1, 1, f"keys: {id_}: there is no key '{key}'; {_meant(key, known)}")


def _meant(said: str, known: Iterable[str]) -> str:
    meant = nearest(said, sorted(known))
    return meant if meant.startswith("did") else "docs/keys.md lists them"
