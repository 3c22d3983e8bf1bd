"""What people decided about clusters and tests, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from triage.analysis.impact import count
from triage.store.history import Change

Name = Callable[[str], str]
"""What a cluster is called, by its id."""


NOTHING_TO_DO = "nothing to do: it is so already"
"""What is said of a decision that changes nothing."""


def short_id(cluster: str) -> str:
    """The id as commands show it."""
    return cluster[:8]


def decided(change: Change, cluster: str, name: Name = short_id) -> str:
    """A change as ``cluster``, whose history it is in, sees it.

    >>> decided(Change("", "c" * 32, "verdict", "unknown", "test_bug", 1, None), "c" * 32)
    'verdict: test bug'
    """
    match change.field:
        case "tag":
            return f"tag: {change.new}" if change.new else f"tag: {change.old} removed"
        case "title":
            return f"name: {change.new}, before: {change.old}"
        case "merge":
            mine = change.new == cluster
            return f"merged: {name(change.old)} into it" if mine else f"merged into {name(change.new)}"
        case "notes":
            return f"five whys: those of {name(change.old)}"
        case "note":
            return f"five whys: {change.new}"
        case "split":
            mine = change.new == cluster
            return f"split off from {name(change.cluster)}" if mine else f"split: {name(change.new)} left it"
        case "apart" | "together":
            other = name(change.new if change.old == cluster else change.old)
            return (
                f"never to be merged with {other}"
                if change.field == "apart"
                else f"may be merged with {other} again"
            )
        case "owner":
            return f"owner: {change.new}" if change.new else f"owner: {change.old} no longer"
        case field:
            return f"{field}: {change.new.replace('_', ' ')}"


def taken_back(changes: Sequence[Change], name: Name = short_id) -> str:
    """What is no longer so after ``changes``, which were one act, were undone.

    >>> taken_back([Change("", "c" * 32, "verdict", "unknown", "test_bug", 1, None)])
    'cccccccc no longer has the verdict test bug'
    """
    first = next((change for change in changes if change.field == "merge"), changes[0])
    kind = "test" if first.test else "cluster"
    changed = len({change.test or change.cluster for change in changes})
    many = changed > 1
    who = count(changed, kind) if many else first.test or name(first.cluster)
    has, is_ = ("have", "are") if many else ("has", "is")
    match first.field:
        case "tag":
            put = " ".join(f"#{tag}" for tag in dict.fromkeys(c.new for c in changes) if tag)
            off = " ".join(f"#{tag}" for tag in dict.fromkeys(c.old for c in changes) if tag)
            return f"{who} " + " and ".join(
                [f"no longer {has} {put}"] * bool(put) + [f"{has} {off} again"] * bool(off)
            )
        case "title":
            return f"{first.new} {is_} called {first.old} again"
        case "note":
            return f"in the five whys of {who}: {first.new}"
        case "split":
            return f"{name(first.new)} is no longer split off from {name(first.cluster)}"
        case "apart":
            return f"{_names(changes, name)} may be merged again"
        case "together":
            return f"{_names(changes, name)} are kept apart again"
        case "merge":
            merged = [change.old for change in changes if change.field == "merge"]
            into = name(first.cluster)
            if len(merged) == 1:
                return f"{name(merged[0])} is no longer merged into {into}"
            return f"{count(len(merged), 'cluster')} are no longer merged into {into}"
        case "owner" if not many and first.old:
            return f"{who} {has} the owner {first.old} again"
        case "owner" if not first.new:
            return f"{who} {has} an owner again"
        case field:
            return f"{who} no longer {has} the {field} {first.new.replace('_', ' ')}"


def _names(changes: Iterable[Change], name: Name) -> str:
    found = dict.fromkeys(cluster for change in changes for cluster in (change.old, change.new))
    return " and ".join(map(name, found)) if len(found) == 2 else count(len(found), "cluster")
