"""Rules made and changed while the screen is open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from triage.store.clusters import ClusterRow, clusters
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.rule import RuleScreen

RULE = """\
rules:
  - id: empty-purse
    title: The purse is empty
    category: config
    match: {any: [{pattern: "%s"}]}
    examples: {match: ["%s"]}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TriageApp:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.log").write_text("ERROR purse 17 is empty\nERROR purse 18 is empty\n")
    return TriageApp(tmp_path / "triage.db", ["shop.log"])


async def settled(pilot: Pilot[None]) -> list[ClusterRow]:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app, TriageApp)
    return clusters(pilot.app.db)


async def test_a_cluster_becomes_a_rule_and_is_named_at_once(app: TriageApp, tmp_path: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        [row] = await settled(pilot)
        assert row.rule is None
        await pilot.press("c")
        await pilot.pause()
        box = app.screen.query_one(TextArea)
        assert r"pattern: 'purse \d[\d.,_]* is empty'" in box.text
        box.text = box.text.replace("category: product_bug", "categry: product_bug")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, RuleScreen)
        box.text = box.text.replace("categry: product_bug", "category: config")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ClustersScreen)
        [row] = await settled(pilot)
        [path] = (tmp_path / ".triage" / "rules").iterdir()
        assert (row.rule, row.category) == (path.stem, "config")


async def test_a_changed_file_is_taken_and_a_broken_one_is_not(app: TriageApp, tmp_path: Path) -> None:
    path = tmp_path / ".triage" / "rules" / "shop.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE % ("purse .* is empty", "purse 1 is empty"))
    async with app.run_test(size=(120, 40)) as pilot:
        [row] = await settled(pilot)
        assert row.title == "The purse is empty"
        for written, title in (
            (RULE.replace("The purse is empty", "No money") % ("is empty", "is empty"), "No money"),
            ("rules: [", "No money"),
            (RULE % ("is empty", "is empty"), "The purse is empty"),
        ):
            path.write_text(written)
            state = path.stat()
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000))
            app.look_at_rules()
            rows = await settled(pilot)
            assert [(r.rule, r.title) for r in rows] == [("empty-purse", title)]


@pytest.mark.parametrize(
    ("of", "until", "says"),
    [
        ("a", "2999-01-01", "0.0 % raw, n/a adjusted"),
        ("a", "2001-01-01", "1 expectation expired"),
        ("gone", "2999-01-01", "1 expectation stale"),
    ],
)
async def test_what_is_expected_stands_in_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str, until: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.xml").write_text(
        "<testsuite><testcase name='a'><failure message='purse 17 is empty'/></testcase></testsuite>"
    )
    (tmp_path / ".triage").mkdir()
    (tmp_path / ".triage" / "expectations.yaml").write_text(
        f"expectations:\n  - {{tests: {of}, reason: no money, owner: ann, until: {until}}}\n"
    )
    app = TriageApp(tmp_path / "triage.db", ["shop.xml"])
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert says in str(app.screen.query_one("#status", Static).render())
        assert ("no money (ann)" in str(app.screen.query_one("#body", Static).render())) is (of == "a")
