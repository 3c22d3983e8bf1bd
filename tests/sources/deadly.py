"""What ends whoever reads it, as a crash or a full memory would. Other processes import it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from triage.intake import tasks
from triage.intake.tasks import Parcel, Taken


def take(version: str, rules: bytes, parcels: Sequence[Parcel]) -> list[Taken]:
    """As the real one, but that a parcel that begins with this word is the end."""
    if any(parcel.data.startswith(b"deadly") for parcel in parcels):
        at_once()
    return tasks.take(version, rules, parcels)


def at_once() -> None:
    """What a process does first, where none can be had."""
    os._exit(1)
