"""The documents are true: their commands run, their code works, their tables are complete, their links lead somewhere."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from runpy import run_path

import click
import pytest
from sqlite_utils import Database

from tests.conftest import FRESH, RECORDED, ROOT, SAMPLES, manifest, source_of
from triage.cli.root import _COMMANDS
from triage.ingest import Source
from triage.ingest.reader import Reader, Sample
from triage.ingest.registry import all_readers, surest
from triage.model import Outcome
from triage.rules import Engine, load
from triage.rules.check import run_examples
from triage.rules.expectations import load_expectations
from triage.store import open_store

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


README = (ROOT / "README.md").read_text("utf-8")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[tuple[str, str]]:
    """Each command of the document that can run here, with the output that is shown below it."""
    found: list[tuple[str, str]] = []
    for block in blocks(path, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            if command.startswith(("triage ", "sqlite-utils ")):
                found.append((re.sub(r"\s{2,}#.*$", "", command), shown.strip()))
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A directory as the documents assume it: the samples, and the files that they told the reader to write."""
    for name in ("sample_logs", "docs", "rules"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".triage" / "rules").mkdir(parents=True)
    (tmp_path / ".triage" / "rules" / "pump.yaml").write_text(blocks(ROOT / "docs" / "rules.md", "yaml")[0])
    (tmp_path / "pump.txt").write_text(blocks(ROOT / "CONTRIBUTING.md", "text")[0])
    return tmp_path


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_run(path: Path, desk: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TRIAGE_DB": str(desk / "triage.db"),
    }
    if path.name == "whys.md":
        subprocess.run("triage ingest sample_logs", shell=True, cwd=desk, env=environment, check=True)
    for command, shown in commands(path):
        done = subprocess.run(command, shell=True, cwd=desk, env=environment, capture_output=True, text=True)
        expected = 2 if shown.startswith("triage: ") else 0
        assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
        assert shown in done.stdout + done.stderr, command
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--db", "--json"])
def test_what_the_readme_says_of_options(option: str) -> None:
    said = re.search(
        rf"`{option}[^`]*` goes with all(?: commands)? but (.*?)(?:, which|\(which|\.)", README, re.DOTALL
    )
    assert said is not None
    without = set(re.findall(r"`([\w ]+)`", said[1]))
    for name, (module, _) in _COMMANDS.items():
        command = getattr(importlib.import_module(f"triage.cli.{module}"), name)
        parts = command.commands if isinstance(command, click.Group) else {"": command}
        for part, each in parts.items():
            called = f"{name} {part}".strip()
            has = any(option in parameter.opts for parameter in each.params)
            assert has == (called not in without), called


def test_links_lead_somewhere() -> None:
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_format_is_listed() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", (ROOT / "docs" / "formats.md").read_text("utf-8"), re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`([\w-]+)`", row)]
    assert sorted(listed) == sorted(reader.name for reader in all_readers())


def test_formats_without_a_recording_are_named() -> None:
    """What nobody recorded, of all readers but the one of what people write, and nothing else."""
    said = (ROOT / "docs" / "formats.md").read_text("utf-8").partition("## Formats without a recording")[2]
    named = set(re.findall(r"`([\w-]+)`", said.partition(":\n")[2].partition(".\n")[0]))
    recorded = {
        entry.get("reader") or surest(source_of(directory / entry["path"]))[1].name
        for directory in (FRESH, SAMPLES, *RECORDED)
        for entry in manifest(directory)
    }
    assert named == {reader.name for reader in all_readers()} - recorded - {"markdown-report"}


def test_every_table_and_column_is_documented(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "database.md").read_text("utf-8")
    documented: dict[str, set[str]] = {}
    for part in re.split(r"\n\n", text):
        if match := re.match(r"\| (?:`(\w+)` )?\| [^\n]*\n\| --- \| --- \|\n", part):
            documented[match[1]] = set(re.findall(r"`(\w+)`", "\n".join(
                line.split("|")[1] for line in part.split("\n")[2:] if line.startswith("|")
            )))  # fmt: skip
    open_store(tmp_path / "triage.db").close()
    db = Database(tmp_path / "triage.db")
    tables = {
        name for name in db.table_names() if "_fts" not in name and not name.startswith(("_", "sqlite_"))
    }
    assert documented.keys() == tables
    for name in tables:
        assert documented[name] == {column.name for column in db[name].columns}, name
    db.close()


def test_every_key_of_the_first_screen_is_documented() -> None:
    from textual.binding import Binding

    from triage.tui.app import TriageApp
    from triage.tui.screens.clusters import ClustersScreen
    from triage.tui.terminal_app import TerminalApp
    from triage.tui.widgets.row_list import RowList

    part = (ROOT / "docs" / "keys.md").read_text("utf-8").split("## ")[1]
    told = {
        key for row in re.findall(r"^\| (`.+?) \|", part, re.MULTILINE) for key in re.findall(r"`(.+?)`", row)
    }
    bindings = [
        b
        for screen in (ClustersScreen, TriageApp, TerminalApp)
        for b in screen.BINDINGS
        if isinstance(b, Binding)
    ]
    bound = {key for b in bindings for key in (b.key_display or b.key).split(",")}
    moving = {key for b in RowList.BINDINGS if isinstance(b, Binding) for key in b.key.split(",")}
    assert bound <= told
    assert told <= bound | moving


def test_every_id_of_a_key_is_documented() -> None:
    """After a change: ``python docs/make_keys.py``."""
    made = run_path(str(ROOT / "docs" / "make_keys.py"))
    assert made["table"]() in (ROOT / "docs" / "keys.md").read_text("utf-8")


def test_the_reader_of_the_contributing_guide() -> None:
    """The sixth reader, written from the guide alone, reads its sample."""
    [code] = blocks(ROOT / "CONTRIBUTING.md", "python")
    [sample] = blocks(ROOT / "CONTRIBUTING.md", "text")
    module: dict[str, object] = {"__name__": "pump_text"}
    exec(compile(code, "pump_text.py", "exec"), module)
    reader = module["READER"]
    assert isinstance(reader, Reader)
    source = Source("pump.txt", lambda: BytesIO(sample.encode()))
    assert reader.sniff(Sample.of(source)) > max(other.sniff(Sample.of(source)) for other in all_readers())
    passed, failed, skipped = reader.read(source)
    assert (passed.outcome, passed.duration) == (Outcome.PASSED, 0.2)  # type: ignore[union-attr]
    assert failed.failures[0].type == "TimeoutError"  # type: ignore[union-attr]
    assert failed.failures[0].source_line == 3  # type: ignore[union-attr]
    assert skipped.outcome is Outcome.SKIPPED  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/rules.md"])
def test_the_rules_of_the_guides(name: str, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(ROOT / name, "yaml")):
        (tmp_path / f"{number}.yaml").write_text(block)
    loaded = load([tmp_path])
    assert loaded.rules and not loaded.errors
    assert list(run_examples(Engine(loaded.rules))) == []


def test_the_expectations_of_the_guide(tmp_path: Path) -> None:
    path = tmp_path / "expectations.yaml"
    path.write_text(blocks(ROOT / "docs" / "expectations.md", "yaml")[0])
    found, errors = load_expectations(path)
    assert (len(found), errors) == (1, ())


def test_the_pictures_show_what_the_program_shows(tmp_path: Path) -> None:
    """The command that makes them again still works, and what they say is still so."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "make_screens.py").write_bytes((ROOT / "docs" / "make_screens.py").read_bytes())
    (tmp_path / "sample_logs").symlink_to(ROOT / "sample_logs")
    subprocess.run([sys.executable, tmp_path / "docs" / "make_screens.py"], check=True, capture_output=True)
    for name in ("clusters", "whys", "rule", "log"):
        kept, made = (
            (root / "docs" / "screens" / f"{name}.svg").read_text("utf-8") for root in (ROOT, tmp_path)
        )
        assert _said(kept) == _said(made)


def _said(svg: str) -> list[str]:
    return [text for text in re.findall(r">([^<>]+)</text>", svg) if text.strip("\xa0&#160; ")]
