"""Rule files that change while the screen is open: taken at once when they are right, told when they are not."""

from __future__ import annotations

from dataclasses import dataclass

from triage.analysis.impact import count
from triage.rules import Engine, RuleError, load_all
from triage.rules.packs import packs, read_config, stamp

SECONDS = 2.0
"""Between two looks at the files; a look is one ``stat`` for each of them."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of files that were changed."""

    engine: Engine | None
    """Over the rules as they are now; None while a file that was changed is wrong: the rules before stay."""
    errors: tuple[RuleError, ...]
    """What is wrong in the files that were changed."""


class LiveRules:
    """The state of the files when they were last taken, and those that wait until they are right."""

    def __init__(self) -> None:
        self._directories = [pack.directory for pack in packs(read_config())[0]]
        self._seen = stamp(self._directories)
        self._waiting: set[str] = set()

    def changed(self) -> bool:
        """Whether a file came, went or changed since the last look."""
        now = stamp(self._directories)
        names = {name for name in now.keys() | self._seen.keys() if now.get(name) != self._seen.get(name)}
        self._seen = now
        self._waiting |= names
        return bool(names)

    def load(self) -> Changed:
        """Read the files; slow enough to be done in a thread."""
        self._directories = [pack.directory for pack in packs(read_config())[0]]
        loaded = load_all()
        errors = tuple(error for error in loaded.errors if error.file in self._waiting)
        if errors:
            return Changed(None, errors)
        self._waiting.clear()
        return Changed(Engine(loaded.rules), ())


def told(moved: int) -> str:
    """What is said when rules were taken."""
    return f"Rules read again: {count(moved, 'failure')} moved." if moved else "Rules read again."
