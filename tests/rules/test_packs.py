"""Packs: directories and wheels; what the project switches off; settings that are wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules import load_all
from triage.rules.packs import Config, packs, read_config, stamp

RULE = "rules:\n  - id: %s\n    title: %s\n    category: infra\n    match: {any: [{pattern: x}]}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / ".triage" / "rules").mkdir(parents=True)
    return tmp_path


def put(path: Path, id_: str, title: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULE % (id_, title))


def test_a_directory_is_a_pack_and_the_project_overrides_it(project: Path) -> None:
    put(project / "shared" / "a.yaml", "pump-dry", "Theirs")
    put(project / "shared" / "b.yaml", "pump-wet", "Theirs")
    (project / "shared" / "VERSION").write_text("2.1\n")
    put(project / ".triage" / "rules" / "a.yaml", "pump-dry", "Ours")
    (project / ".triage" / "config.toml").write_text('[rules]\npacks = ["shared"]\noff = ["http-403"]\n')
    found, errors = packs(read_config())
    assert [(pack.name, pack.version) for pack in found][1:] == [
        ("shared", "2.1"),
        ("yours", ""),
        ("project", ""),
    ]
    loaded = load_all()
    titles = {rule.id: rule.title for rule in loaded.rules}
    assert (errors, loaded.errors) == ([], ())
    assert (titles["pump-dry"], titles["pump-wet"]) == ("Ours", "Theirs")
    assert "http-403" not in titles


def test_a_wheel_brings_a_pack_without_running_its_code(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = project / "site"
    put(site / "acme_rules" / "acme.yaml", "acme-down", "Acme is down")
    (site / "acme_rules" / "__init__.py").write_text("raise SystemExit('run')\n")
    info = site / "acme_rules-1.4.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.4\n")
    (info / "entry_points.txt").write_text("[triage.rules]\nacme = acme_rules\ngone = acme_gone\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    found, errors = packs(Config())
    assert [(pack.name, pack.version) for pack in found if pack.name == "acme"] == [("acme", "1.4")]
    assert ["the pack 'gone'" in error.text for error in errors] == [True]
    assert "acme-down" in {rule.id for rule in load_all().rules}
    assert "acme_rules" not in sys.modules


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rules\n", "config.toml:1:7: not TOML"),
        ("[rule]\n", "unknown table 'rule'; did you mean 'rules'?"),
        ("[rules]\npack = []\n", "unknown key 'pack' in [rules]; did you mean 'packs'?"),
        ("rules = 7\n", "expected a table [rules]"),
        ("[rules]\noff = 'x'\n", "off: expected a list of texts"),
        ("[rules]\noff = ['http-4033']\n", "no rule has the id 'http-4033'; did you mean 'http-403'?"),
        ("[rules]\npacks = ['nowhere']\n", "packs: nowhere is no directory"),
    ],
)
def test_wrong_settings_are_told_and_the_rules_still_work(project: Path, text: str, says: str) -> None:
    (project / ".triage" / "config.toml").write_text(text)
    loaded = load_all()
    assert len(loaded.rules) > 100
    [error] = loaded.errors
    assert says in str(error)


def test_a_stamp_tells_that_something_changed(project: Path) -> None:
    directory = project / ".triage" / "rules"
    before = stamp([directory, project / "missing"])
    assert before == {} == stamp([directory])
    put(directory / "a.yaml", "pump-dry", "Dry")
    assert list(stamp([directory])) == [str(directory / "a.yaml")]


@given(
    st.one_of(
        st.binary(max_size=80),
        st.lists(
            st.sampled_from(
                ["[rules]", "\n", "packs", "off", " = ", "[", "]", "'x'", "7", ",", "{}", "[[rules]]", "é"]
            ),
            max_size=16,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_no_settings_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("project") / "config.toml"
    path.write_bytes(data)
    config = read_config(path)
    assert all(error.file == str(path) and error.line >= 1 for error in config.errors)
    assert not (config.errors and (config.packs or config.off))
