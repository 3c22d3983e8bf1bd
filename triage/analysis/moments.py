"""Moments as sources and people write them: compared in UTC, shown as short as they are known."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(at: str) -> datetime:
    """The moment of an ISO 8601 text, in UTC; without a zone it is taken for UTC, unreadable it comes first.

    >>> utc("2026-03-03T02:00:00+01:00") < utc("2026-03-03T01:30:00Z")
    True
    """
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment(at: str | None) -> str:
    """A stored moment for people: to the minute, in UTC; a bare date stays one.

    >>> moment("2026-03-03T02:00:59+01:00"), moment("2026-03-03"), moment(None)
    ('2026-03-03 01:00', '2026-03-03', 'unknown')
    """
    if not at:
        return "unknown"
    found = utc(at)
    if found.year == 1:
        return at
    return at if len(at) == 10 else found.strftime("%Y-%m-%d %H:%M")
