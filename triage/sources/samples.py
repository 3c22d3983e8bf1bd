"""The sample logs that come with the program."""

from __future__ import annotations

from pathlib import Path


def samples() -> Path:
    """The directory with two nights of a shop's tests, in several formats."""
    packaged = Path(__file__).parents[1] / "samples"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sample_logs"
