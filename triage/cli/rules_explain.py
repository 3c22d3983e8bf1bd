"""``triage rules explain``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from triage.cli.output import complain_of_rules, db_option, json_option, print_json, say, store_to_read, table
from triage.ingest.parts import exception_type
from triage.rules import load_engine
from triage.rules.model import NOWHERE, Where, said
from triage.rules.nearest import Considered, consider


@click.command()
@click.argument("text")
@click.option("-n", "most", type=click.IntRange(1), default=5, show_default=True, help="Near misses to show.")
@db_option
@json_option
def explain(text: str, most: int, db_path: Path | None, as_json: bool) -> None:
    """Say which rules match TEXT and why, and which came near.

    TEXT is a message, or a file whose failures are meant, or the beginning of a cluster's id.
    """
    engine, errors = load_engine()
    complain_of_rules(errors)
    told = [(asked, consider(engine, *asked, most)) for asked in _asked(text, db_path)]
    if as_json:
        documents = [{"text": asked[0], "rules": [_document(one) for one in found]} for asked, found in told]
        print_json(documents[0] if len(documents) == 1 else {"texts": documents})
        return
    for asked, found in told:
        if len(told) > 1:
            say(" ".join(asked[0].split())[:200])
        if not any(one.matches for one in found):
            say("no rule matches; the nearest are")
        rows = [
            (one.rule.id, _verdict(one), round(one.score, 1), one.rule.priority, one.why) for one in found
        ]
        table(("rule", "match", "score", "priority", "why"), rows, stretch="why")


def _asked(text: str, db_path: Path | None) -> Iterator[tuple[str, str, Where]]:
    """Text, type and place of each failure that is meant, each text once."""
    if (failures := list(_of_file(text)) or list(_of_cluster(text, db_path))) == []:
        yield text, exception_type(text), NOWHERE
    seen: set[str] = set()
    for asked in failures:
        if asked[0] not in seen:
            seen.add(asked[0])
            yield asked


def _of_file(text: str) -> Iterator[tuple[str, str, Where]]:
    if len(text) > 1_000 or "\n" in text or "\0" in text or not Path(text).is_file():
        return
    from triage.cli.read import one_source
    from triage.ingest import read
    from triage.model import CaseResult, Failure

    source = one_source(text)
    runner, items = read(source)
    for item in items:
        if isinstance(item, CaseResult):
            for failure in item.failures:
                where = Where.of(failure, item.id, item.file, runner, source.name, item.properties)
                yield said(failure), failure.type, where
        elif isinstance(item, Failure):
            yield said(item), item.type, Where.of(item, runner=runner, source=source.name)


def _of_cluster(text: str, db_path: Path | None) -> Iterator[tuple[str, str, Where]]:
    """The first failure of each variant; nothing where ``text`` is no id."""
    if not (4 <= len(text) <= 12 and set(text.lower()) <= set("0123456789abcdef")):
        return
    from triage.store.clusters import Member, members
    from triage.store.ids import ids_like

    db = store_to_read(db_path)
    if len(found := set(ids_like(db, text).values())) == 1:
        firsts: dict[str, Member] = {}
        for member in members(db, found.pop()):
            firsts.setdefault(member.signature, member)
        for first in firsts.values():
            yield said(first.failure), first.failure.type, first.where


def _verdict(one: Considered) -> str:
    return "wins" if one.wins else "matches" if one.matches else "no"


def _document(one: Considered) -> dict[str, object]:
    return {
        "rule": one.rule.id,
        "matches": one.matches,
        "wins": one.wins,
        "score": round(one.score, 1),
        "priority": one.rule.priority,
        "why": one.why,
        "conditions": [
            {
                "kind": near.condition.kind, "value": near.condition.value, "hit": near.hit,
                "score": round(near.score, 1), "threshold": near.condition.threshold, "excludes": near.excludes,
            }
            for near in one.conditions
        ],
    }  # fmt: skip
