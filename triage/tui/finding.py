"""What the command palette finds besides commands: saved filters, clusters, tests, runs and rules, by words that need not be exact."""

from __future__ import annotations

from asyncio import gather, shield, to_thread
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from rapidfuzz import fuzz, process
from textual import work
from textual.command import CommandList, CommandPalette, Hit, Hits, Provider
from textual.content import Content
from textual.system_commands import SystemCommandsProvider

from triage.analysis.moments import moment
from triage.rules import Rule
from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.filters import saved_filters
from triage.store.runs import runs
from triage.store.tests import failing_tests
from triage.tui.texts import one_line

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

_NEAR = 75.0
"""How alike, of 100, a part of a text must be to what was typed."""
_MOST = 15
"""So many are offered."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that can be gone to."""

    text: str
    kind: str
    go: Callable[[], object]


def found(typed: str, said: Sequence[str]) -> list[tuple[int, float]]:
    """The numbers of at most ``_MOST`` of the texts ``said``, in lower case, and how well they fit: 1 for those that have
    all words of ``typed``, less for those with a part that is near to it."""
    typed = typed.lower()
    words = typed.split()
    exact = [number for number, text in enumerate(said) if all(word in text for word in words)]
    best = sorted(exact, key=lambda number: (typed not in said[number], len(said[number])))[:_MOST]
    if len(best) == _MOST:
        return [(number, 1.0) for number in best]
    near = process.extract(typed, said, scorer=fuzz.partial_ratio, score_cutoff=_NEAR, limit=_MOST)
    known = set(best)
    others = [(number, score / 200) for _, score, number in near if number not in known]
    return [*((number, 1.0) for number in best), *others][:_MOST]


class Palette(CommandPalette):
    """The library's, which breaks where a page is wanted of a list of which nothing is seen yet, and where it is left before it
    has begun to look; and which finds nothing for who types on while it begins: its providers end with the first search."""

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        try:
            await shield(gather(*(provider._wait_init() for provider in self._providers)))
            await CommandPalette._gather_commands.__wrapped__(self, search_value)  # type: ignore[attr-defined]
        except Exception:
            # Who has left it took its list away while it looked, or before.
            if self in self.app.screen_stack and self.query(CommandList):
                raise

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class Commands(SystemCommandsProvider):
    """Every command, by its name and by what it says of itself."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        words = query.lower().split()
        for title, told, go, _ in self.app.get_system_commands(self.screen):
            said = all(word in told.lower() for word in words)
            if fit := max(matcher.match(title), 2.0 * len(query) * said):
                yield Hit(fit, matcher.highlight(title), go, title, told)


class Goals(Provider):
    """Those of the store, asked for when the palette opens, in a thread."""

    async def startup(self) -> None:
        app = cast("TriageApp", self.app)
        rules = app.engine.rules
        self._goals = await to_thread(lambda: list(_goals(app, rules)))
        self._said = [goal.text.lower() for goal in self._goals]

    async def search(self, query: str) -> Hits:
        for rank, (number, fit) in enumerate(found(query, self._said)):
            goal = self._goals[number]
            text = Content(goal.text)
            begin = goal.text.lower().find(query.lower())
            if begin >= 0 and self.match_style is not None:
                text = text.stylize(self.match_style, begin, begin + len(query))
            # Of the same size as the scores of the commands: letters, those that begin words, doubled where they are together.
            yield Hit(2.5 * len(query) * fit - rank / 1000, text, goal.go, goal.text, goal.kind)


def _goals(app: TriageApp, rules: Sequence[Rule]) -> Iterator[Goal]:
    def goal(text: str, kind: str, go: Callable[..., object], *to: str) -> Goal:
        # Behind the palette, which is closed then.
        return Goal(one_line(text)[:_LONGEST], kind, partial(app.call_later, go, *to))

    for name in sorted(app.available_themes):
        yield goal(f"theme {name}", "theme", app.use_theme, name)
    with closing(open_store(app.store_path)) as db:
        for name, words in saved_filters(db).items():
            yield goal(f"@{name}: {words}", "saved filter", app.show_clusters, words)
        for row in clusters(db):
            yield goal(row.title, "cluster", app.show_cluster, row.id)
        for run in runs(db):
            text = f"{run.source} {moment(run.started or run.ingested_at)}"
            yield goal(text, "run", app.action_mode, "runs", str(run.id))
        for rule in rules:
            yield goal(f"{rule.id}: {rule.general_title}", "rule", app.action_mode, "rules", rule.id)
        for test in failing_tests(db):
            if test.cluster:
                yield goal(test.test, "test: its cluster", app.show_cluster, test.cluster)
