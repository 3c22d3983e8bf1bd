"""From the screen to elsewhere, and back: the page of the run, a command, the editor."""

from __future__ import annotations

import subprocess
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SAMPLES
from tests.tui.conftest import ready
from tests.tui.test_terminal import Terminal
from triage.analysis.ci_page import ci_page, is_page
from triage.tui import editor
from triage.tui.app import TriageApp

_REPORT = """<testsuite name="s">
<properties><property name="{name}" value="{value}"/></properties>
<testcase name="t"><failure message="the lamp is dark"/></testcase>
<testcase name="u"><failure message="$(touch hacked); `touch hacked`; the pump ran dry"/></testcase>
</testsuite>"""


def _app(tmp_path: Path, name: str = "BUILD_URL", value: str = "https://ci.example/job/7/") -> TriageApp:
    (tmp_path / "r.xml").write_text(_REPORT.format(name=name, value=value))
    return TriageApp(tmp_path / "triage.db", [str(tmp_path / "r.xml")])


def _said(app: TriageApp) -> str:
    return " ".join(note.message for note in app._notifications)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was given."""
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.BackgroundBrowser("firefox"))
    monkeypatch.setattr(webbrowser, "open", asked.append)
    return asked


@pytest.mark.parametrize(
    ("properties", "page"),
    [
        ({"BUILD_URL": "https://j.example/job/a/7/"}, "https://j.example/job/a/7/"),
        ({"CI_PIPELINE_URL": "https://g.example/p/1", "CI_JOB_URL": "https://g.example/j/2"}, "https://g.example/j/2"),
        ({"buildUrl": "http://c.example/1", "repositoryUrl": "http://c.example"}, "http://c.example/1"),
        ({"GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "12"}, "https://github.com/o/r/actions/runs/12"),
        (
            {"GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "12", "GITHUB_SERVER_URL": "https://git.example/"},
            "https://git.example/o/r/actions/runs/12",
        ),
        ({"GITHUB_REPOSITORY": "o/r/../x", "GITHUB_RUN_ID": "12"}, None),
        (
            {"System.TeamFoundationCollectionUri": "https://dev.example/o/", "System.TeamProject": "a b", "Build.BuildId": "3"},
            "https://dev.example/o/a%20b/_build/results?buildId=3",
        ),
        ({"url": "http://127.0.0.1:8000", "base_url": "https://shop.example"}, None),
        ({"BUILD_URL": "file:///etc/passwd"}, None),
        ({"BUILD_URL": "javascript:alert(1)", "CI_JOB_URL": "https://x.example\n--flag"}, None),
        ({"BUILD_URL": "https://ci.example@evil.example/"}, None),
        ({"BUILD_URL": "https://[nope/"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_page_of_a_run(properties: dict[str, str], page: str | None) -> None:
    assert ci_page(properties.items(), "r.xml") == page
    assert ci_page(properties.items(), "https://ci.example/r.xml") == (page or "https://ci.example/r.xml")


@given(st.text(), st.text())
def test_whatever_a_report_says_only_pages_are_opened(name: str, value: str) -> None:
    for properties in ([(name, value)], [("BUILD_URL", value)], [("BUILD_URL", f"https://{value}")]):
        page = ci_page(properties, value)
        assert page is None or (page.startswith(("http://", "https://")) and page.isprintable())


def test_what_is_no_page() -> None:
    assert not is_page("https://x.example/" + "a" * 9_000)
    assert not is_page("-https://x.example")


async def test_o_opens_the_page(tmp_path: Path, opened: list[str]) -> None:
    app = _app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("o")
        assert opened == ["https://ci.example/job/7/"]
        assert "https://ci.example/job/7/" in _said(app)


async def test_a_run_without_a_page_says_so(tmp_path: Path, opened: list[str]) -> None:
    app = _app(tmp_path, "url", "http://127.0.0.1")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("o")
        assert "names no page" in _said(app)
        await pilot.press("slash", *"zzz", "enter", "o", "exclamation_mark")
        assert "No cluster here" in _said(app)
    assert opened == []


async def test_without_a_browser_the_address_is_copied(
    tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for none in (_raises, lambda: webbrowser.GenericBrowser("w3m")):
        monkeypatch.setattr(webbrowser, "get", none)
        app = _app(tmp_path)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await ready(pilot)
            await pilot.press("o")
            assert app.clipboard == "https://ci.example/job/7/"
            assert "no browser" in _said(app)
    assert opened == []


def _raises() -> None:
    raise webbrowser.Error("none")


@contextmanager
def _nothing() -> Iterator[None]:
    yield


async def test_what_is_marked_is_given_to_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.input", lambda: "")
    app = _app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        monkeypatch.setattr(app, "suspend", _nothing)
        await pilot.press("exclamation_mark", "escape", "exclamation_mark", "enter")
        assert not _said(app)
        await pilot.press("a", "exclamation_mark", *"cat > got; exit 3", "enter")
        got = (tmp_path / "got").read_text()
        assert "ended with exit code 3" in _said(app)
        assert "the lamp is dark" in got and "$(touch hacked); `touch hacked`" in got
        assert not (tmp_path / "hacked").exists()
        await pilot.press("a", "g", "exclamation_mark", "enter")  # the same command again
        one = (tmp_path / "got").read_text()
        assert one in got and len(one) < len(got)


async def test_where_no_terminal_is_no_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a browser: whoever reaches it could run anything."""
    monkeypatch.setattr(subprocess, "run", _raises)
    app = _app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("exclamation_mark", *"touch x", "enter")
        assert "No command can be given anything here" in _said(app)


def test_a_command_in_a_terminal(tmp_path: Path) -> None:
    """It has the terminal, ctrl+c ends it alone, and the screen comes back as it was."""
    sample = str(SAMPLES / "nightly-2-warehouse.txt")
    terminal = Terminal("--db", str(tmp_path / "triage.db"), sample)
    try:
        terminal.wait_for("with it fixed")
        terminal.type("!")
        terminal.wait_for("to which command?")
        terminal.type("wc -l; echo is $((40 + 2)); exec sleep 600\r")
        terminal.wait_for("is 42")  # what was typed does not say that
        assert terminal.echoes
        terminal.type("\x03")
        terminal.wait_for("ended by SIGINT; enter goes back")
        terminal.seen = ""
        terminal.type("\r")
        terminal.wait_for("with it fixed")
        terminal.wait_for("ended by SIGINT")
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.attributes == terminal.before
    finally:
        terminal.close()


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("code", 7, ["code", "--goto", "a b.py:7"]),
        ("/usr/bin/code -w", 7, ["/usr/bin/code", "-w", "--goto", "a b.py:7"]),
        ("idea", 7, ["idea", "--line", "7", "a b.py"]),
        ("pycharm.sh", 7, ["pycharm.sh", "--line", "7", "a b.py"]),
        ("idea", None, ["idea", "a b.py"]),
        ("nano", 7, ["nano", "+7", "a b.py"]),
    ],
)
def test_how_editors_are_called(name: str, line: int | None, words: list[str]) -> None:
    assert editor.command(name, "a b.py", line) == words
    assert editor.address(name, "a b.py", line) is None


def test_editors_with_an_address(tmp_path: Path) -> None:
    file = tmp_path / "a &b?#%.py"
    path = f"{tmp_path}/a%20%26b%3F%23%25.py"
    assert editor.address("vscode://", str(file), 7) == f"vscode://file{path}:7"
    assert editor.address("cursor://", str(file), None) == f"cursor://file{path}:1"
    assert editor.address("pycharm://", str(file), 7) == f"pycharm://open?file={path}&line=7"
    for other in ("https://", "file://", "vscode://evil", "vscode"):
        assert editor.address(other, str(file), 7) is None


def test_which_editor_is_chosen() -> None:
    assert editor.chosen({"TRIAGE_EDITOR": "code", "VISUAL": "gvim", "EDITOR": "vi"}) == "code"
    assert editor.chosen({"TRIAGE_EDITOR": "", "EDITOR": "nano"}) == "nano"
    assert editor.chosen({}) == "vi"


async def test_an_address_is_opened_without_the_terminal(
    tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_EDITOR", "vscode://")
    app = _app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("l")
        await pilot.pause()
        await pilot.press("e")
    assert [address.rpartition(":")[0] for address in opened] == [f"vscode://file{tmp_path}/r.xml"]
