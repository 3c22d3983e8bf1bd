"""The filter of the list, as a pure function."""

from __future__ import annotations

from triage.store.clusters import ClusterRow


def matches(row: ClusterRow, words: str) -> bool:
    """Whether every word is in something the list says about ``row``; case does not count."""
    said = " ".join(
        (
            row.id, row.title, row.template, row.rule or "", row.category, row.category.replace("_", " "),
            row.verdict.label, row.status, "new" if row.new else "", *(f"#{tag}" for tag in row.tags),
        )
    ).lower()  # fmt: skip
    return all(word in said for word in words.lower().split())
