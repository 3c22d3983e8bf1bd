"""Make the pictures of the documents again: ``python3 dev.py run python docs/make_screens.py``."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from triage.store import investigations as notes
from triage.store import open_store
from triage.store.clusters import clusters
from triage.tui.app import TriageApp
from triage.whys import first_question, next_question

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "docs" / "screens"


async def _clusters(store: Path) -> None:
    app = TriageApp(store, ["sample_logs"])
    async with app.run_test(size=(140, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        _save(app, "clusters")


async def _whys(store: Path) -> None:
    db = open_store(store)
    row = clusters(db)[0]
    made = notes.open_investigation(db, row.id, row.title, first_question(row.title, row.tests, row.failures))
    answer = "All workers sign up with one API key"
    notes.write_answer(db, made.whys[0].id, answer)
    notes.add_evidence(
        db,
        made.id,
        "limit of 22 sign-ups a minute",
        why=made.whys[0].id,
        source="nightly-1-backend.log",
        line=12,
    )
    below = notes.ask(db, made.id, made.whys[0].id, next_question(answer))
    notes.write_answer(db, below, "The key is read once, in the session fixture")
    notes.add_action(db, made.id, "One key a worker", "Ann", "2026-03-10")
    db.close()
    app = TriageApp(store, [])
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("w")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        _save(app, "whys")


async def _log(store: Path) -> None:
    app = TriageApp(store, [])
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        rows = [row.rule for row in clusters(app.db)]
        await pilot.press(*["j"] * rows.index("test-timeout-pytest"), "l")
        await app.workers.wait_for_complete()
        await pilot.pause()
        _save(app, "log")


async def _rule(store: Path) -> None:
    app = TriageApp(store, [])
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.press("slash", *"accounting", "enter", "c")
        await pilot.pause()
        _save(app, "rule")


def _save(app: TriageApp, name: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    svg = app.export_screenshot(title="triage")
    # Each picture has ids and a moment of its own: made stable, so that only what changed shows in a diff.
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    today = datetime.now(UTC).date().isoformat()
    svg = re.sub(rf"{today}&#160;\d\d:\d\d", "2026-03-03&#160;02:30", svg)
    (SCREENS / f"{name}.svg").write_text(svg, "utf-8")
    print(f"wrote docs/screens/{name}.svg", file=sys.stderr)


def main() -> None:
    os.chdir(ROOT)
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch) / "triage.db"
        asyncio.run(_clusters(store))
        asyncio.run(_whys(store))
        asyncio.run(_log(store))
        asyncio.run(_rule(store))


if __name__ == "__main__":
    main()
