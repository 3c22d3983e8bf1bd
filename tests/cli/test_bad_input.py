"""Bad input: one line that says what and what to do, exit code 2, nothing stored, the others still taken."""

from __future__ import annotations

import gzip
import http.server
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.conftest import SAMPLES, serving

GOOD = SAMPLES / "nightly-2-warehouse.txt"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/good":
            self._answer(200, GOOD.read_bytes())
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
        elif self.path == "/packed":
            self._answer(200, gzip.compress(GOOD.read_bytes()))
        elif self.path == "/secret":
            self._answer(403, b"no")
        else:
            self._answer(404, b"not here")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with serving(_Handler) as address:
        yield address


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _no_results(path: Path) -> Path:
    path.mkdir()
    (path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return path


def _broken_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(GOOD, "a.txt")
    path.write_bytes(path.read_bytes()[:20])
    return path


def _entities(path: Path) -> Path:
    path.write_text(
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
    )
    return path


def _written(data: bytes) -> object:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


BAD = {
    "empty": (_empty, "empty file"),
    "blank": (_written(b" \n\n"), "empty file"),
    "truncated at its start": (_written(b'<?xml version="1.0"?><testsuite name="a"><testca'), "broken XML"),
    "no results in it": (_no_results, "no test results"),
    "binary": (_written(bytes(range(256)) * 40), "binary data"),
    "unknown": (_written(b'{"colour": "blue"}'), "unknown format"),
    "page": (_written(b"<!DOCTYPE html><html><body>Sign in</body></html>"), "no test results"),
    "missing": (lambda path: path, "no such file"),
    "broken archive": (_broken_zip, "broken archive"),
    "cut archive": (_written(gzip.compress(GOOD.read_bytes())[:15]), "broken archive"),
    "entities": (_entities, "entities"),
    "cut json": (_written(b'{"config": {"rootDir": "", "projects": []}, "suites": [{"ti'), "breaks off"),
}


@pytest.mark.parametrize("kind", BAD)
def test_told_in_one_line_and_the_others_are_taken(triage: Call, tmp_path: Path, kind: str) -> None:
    make, told = BAD[kind]
    bad = make(tmp_path / "bad")  # type: ignore[operator]
    done = triage("ingest", bad, GOOD, "--json")
    assert done.code == 2
    [line] = done.err.strip().split("\n")
    assert line.startswith(f"triage: {bad}") and told in line
    assert "; " in line or "?" in line, "says what is wrong, but not what to do"
    assert [run["source"] for run in done.json["runs"]] == [str(GOOD)]
    assert [run["source"] for run in triage("runs", "--json").json["runs"]] == [str(GOOD)]
    assert triage("parse", bad).code == 2
    assert triage(bad).code == 2


def test_permissions(triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is put into the opening itself."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<testsuite/>")
    real = Path.open

    def refuse(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "secret.xml":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    for name in (secret, tmp_path):
        done = triage("ingest", name, GOOD)
        assert done.code == 2
        assert f"triage: {secret}: Permission denied; check its permissions" in done.err
        assert len(triage("runs", "--json").json["runs"]) == 1


def test_an_empty_report_in_a_directory_is_told(triage: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "junit.xml").write_bytes(b"")
    (tmp_path / "results" / "good.txt").write_bytes(GOOD.read_bytes())
    done = triage("ingest", tmp_path / "results", "--json")
    assert done.code == 2
    assert "junit.xml: empty file; was the run stopped" in done.err
    assert len(done.json["runs"]) == 1


def test_a_url(triage: Call, server: str) -> None:
    for path in ("/good", "/moved", "/packed"):
        [run] = triage("parse", server + path, "--json").json["runs"]
        assert run["totals"]["errors"] == 10
    for path, told in (("/gone", "404"), ("/secret", "credentials")):
        done = triage("ingest", server + path, GOOD)
        assert done.code == 2
        [line] = [line for line in done.err.split("\n") if server in line]
        assert line.startswith(f"triage: {server}{path}: ") and told in line
    assert [run["source"] for run in triage("runs", "--json").json["runs"]] == [str(GOOD)]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x", "http://[::1", "https://", "http://127.0.0.1:99999/"]
)
def test_an_address_that_nobody_answers(triage: Call, address: str) -> None:
    done = triage("parse", address)
    assert done.code == 2
    [line] = done.err.strip().split("\n")
    assert line.startswith(f"triage: {address}: ")


@pytest.mark.parametrize(
    "call",
    [
        ("show", "ffff"),
        ("export", "ffff"),
        ("show", "%"),
        ("clusters", "--db", "{dir}"),
        ("clusters", "--db", "{text}"),
        ("export", "ffff", "--format", "pdf"),
        ("nonsense",),
        ("parse",),
        ("extract", "{missing}"),
        ("group", "{missing}"),
        ("rules", "check", "{missing}"),
        ("rules", "match", "{missing}"),
    ],
)
def test_wrong_usage(triage: Call, tmp_path: Path, call: tuple[str, ...]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("no database at all, whatever its name says" * 40)
    places = {"dir": tmp_path, "text": text, "missing": tmp_path / "missing"}
    done = triage(*(part.format(**places) for part in call))
    assert done.code == 2
    [line] = done.err.strip().split("\n")
    assert line.startswith("triage: ")
    assert text.read_text().startswith("no database")


@pytest.mark.parametrize("name", ["TRIAGE_MAX_UNPACKED", "TRIAGE_MAX_RATIO"])
@pytest.mark.parametrize("value", ["0", "-1", "much", "1.5", "\u0663", "1\x1b[2J", "9" * 30])
def test_a_limit_that_is_none(triage: Call, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    for call in (("parse", GOOD), ("ingest", GOOD), ("extract", GOOD), (GOOD,)):
        done = triage(*call)
        assert done.code == 2
        [line] = done.err.strip().split("\n")
        assert line.startswith(f"triage: {name}: ") and line.endswith(
            " is no whole number above 0; mend or unset it"
        )
        assert line.isprintable()


def test_the_limits_of_archives_are_set_by_the_environment(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "large.log.gz"
    packed.write_bytes(gzip.compress(b"all is well\n" * 200_000))
    assert triage("parse", packed).code == 0
    monkeypatch.setenv("TRIAGE_MAX_UNPACKED", "1")
    done = triage("parse", packed)
    assert done.code == 2
    assert done.err == (
        f"triage: {packed}: unpacks to more than 1 MiB; unpack it yourself or raise TRIAGE_MAX_UNPACKED\n"
    )


@pytest.mark.parametrize(
    "call",
    [
        (),
        ("clusters",),
        ("show", "b6b6"),
        ("runs",),
        ("search", "pump"),
        ("export", "b6b6"),
        ("merge", "b6b6", "bfa2"),
        ("undo",),
        ("recluster",),
        ("extract", GOOD),
        ("probe", "http://127.0.0.1:9/", "--cluster", "b6b6"),
    ],
)
def test_who_only_looks_makes_no_database(triage: Call, tmp_path: Path, call: tuple[object, ...]) -> None:
    named = tmp_path / "nope" / "x.db"
    done = triage(*call, "--db", named) if call else triage(f"--db={named}")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"triage: {named}: no such database; 'triage ingest' makes one\n"
    triage(*call)  # the default may not be there yet
    assert not named.parent.exists()
    assert not list(tmp_path.rglob("*.db"))  # rules may be kept there


@pytest.mark.parametrize("word", ["parsee", "cluster", "serach", "exprot"])
@pytest.mark.parametrize("lead", [[], ["--db", "x.db"]])
def test_nearly_a_command(triage: Call, tmp_path: Path, word: str, lead: list[str]) -> None:
    done = triage(*lead, word, GOOD)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"triage: {word}: neither a path nor a command; did you mean '{word[:2]}")
    assert list(tmp_path.iterdir()) == [], "nothing is stored"


def test_a_path_that_is_nearly_a_command(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cluster").write_bytes(GOOD.read_bytes())
    assert triage("cluster").code == 0
    assert [run["source"] for run in triage("runs", "--json").json["runs"]] == ["cluster"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("clusters", "--jsn"), "No such option '--jsn'. Did you mean '--json'?"),
        (("parse",), "Missing argument 'PATHS...'; see 'triage parse --help'"),
        (("rules", "explan"), "No such command 'explan'. Did you mean 'explain'?"),
        (("--json",), "No such option '--json'; see 'triage --help'"),
        (
            ("export", "b6b6", "--format", "pdf"),
            "'pdf' is not one of 'md', 'html', 'json'; see 'triage export --help'",
        ),
    ],
)
def test_wrong_usage_is_told_in_one_line(triage: Call, call: tuple[str, ...], told: str) -> None:
    done = triage(*call)
    assert (done.code, done.out) == (2, "")
    [line] = done.err.strip().split("\n")
    assert line.startswith("triage: ") and line.endswith(told)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "call", [("runs",), ("runs", "--json"), ("clusters",), ("--help",), ("parse", str(GOOD))]
)
def test_a_full_disk_behind_stdout(tmp_path: Path, call: tuple[str, ...]) -> None:
    environment = os.environ | {"TRIAGE_DB": str(tmp_path / "triage.db")}
    # Without a buffer nothing is left over that the interpreter would try to write at its end.
    environment.pop("PYTHONUNBUFFERED", None)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "triage", *call],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "triage: output: No space left on device; check the file and its disk\n",
    )
