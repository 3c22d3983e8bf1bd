"""The rules: what they know, where they come from, how many clusters they name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from triage.analysis.impact import count, grouped
from triage.escapes import visible
from triage.rules import CATEGORIES, Rule
from triage.rules.packs import packs, read_config
from triage.store.clusters import clusters_of_rules
from triage.tui.screens.listing import ListingScreen
from triage.tui.texts import one_line


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One line of the list."""

    rule: Rule
    pack: str
    clusters: int
    """How many it names now."""


class RulesScreen(ListingScreen[RuleRow]):
    """Rules, those that name most clusters first."""

    NOTHING = "There is no rule: 'triage rules packs' says where they come from."
    OPENS = "its clusters"

    def load(self) -> None:
        named = clusters_of_rules(self.triage.db)
        places = {str(pack.directory): pack.name for pack in packs(read_config())[0]}
        found = [
            RuleRow(rule, places.get(str(Path(rule.file).parent), ""), named.get(rule.id, 0))
            for rule in self.triage.engine.rules
        ]
        self.take(sorted(found, key=lambda row: (-row.clusters, row.rule.id)))

    def title_of(self, rows: Sequence[RuleRow]) -> str:
        return f"Rules: {grouped(len(rows))}, {grouped(sum(bool(row.clusters) for row in rows))} of them name clusters"

    def key_of(self, row: RuleRow) -> str:
        return row.rule.id

    def said_of(self, row: RuleRow) -> str:
        rule = row.rule
        return f"{rule.id} {rule.general_title} {rule.category} {CATEGORIES[rule.category]} {rule.family} {row.pack}"

    def draw(self, row: RuleRow, width: int) -> Text:
        text = Text(f"{grouped(row.clusters) if row.clusters else '':>5} ", "bold")
        text.append(f"{CATEGORIES[row.rule.category]:<19}", "dim")
        room = 34 if width >= 100 else 26
        id_ = one_line(row.rule.id)
        text.append(f"{id_ if len(id_) <= room else id_[: room - 1] + '…':<{room}} ", "cyan")
        if width >= 100:
            text.append(f"{one_line(row.pack)[:11]:<12}", "dim")
        return text.append(one_line(row.rule.general_title))

    def told_of(self, row: RuleRow) -> Text:
        rule = row.rule
        text = Text(one_line(rule.general_title) + "\n", "bold")
        text.append(f"{rule.id}, {CATEGORIES[rule.category]}, priority {rule.priority}, ", "dim")
        text.append(f"names {count(row.clusters, 'cluster')}\n", "dim")
        text.append(f"{one_line(row.pack)}: {one_line(_from_here(rule.file))}:{rule.line}\n", "dim")
        looks = [f"{condition.kind}  {condition.value}" for condition in rule.conditions]
        for title, said in (
            ("looks for", looks), ("captures", rule.capturing), ("check first", rule.checks), ("likely causes", rule.causes),
            ("asks", rule.questions), ("links", rule.links), ("examples", rule.matching),
        ):  # fmt: skip
            if said:
                text.append(f"\n{title}\n", "bold underline")
                for one in said:
                    text.append(f"  {visible(one)}\n")
        return text

    def open_row(self, row: RuleRow) -> None:
        if row.clusters:
            self.triage.show_clusters(f"rule:{row.rule.id}")
        else:
            self.notify("It names no cluster now.", severity="warning", markup=False)


def _from_here(file: str) -> str:
    """``file`` as one would name it in this directory."""
    with suppress(OSError, ValueError):  # the directory is gone, or the file is elsewhere
        return str(Path(file).relative_to(Path.cwd()))
    return file
