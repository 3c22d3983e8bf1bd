"""Names to sources: directories, globs, archives; nothing is unpacked to disk, nothing without end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from triage.ingest import IngestError, Source, inputs
from triage.ingest.inputs import find

REPORT = (SAMPLES / "nightly-1-api.xml").read_bytes()


def sources(*names: object) -> list[Source]:
    found = list(find([str(name) for name in names]))
    errors = [item for item in found if isinstance(item, IngestError)]
    assert not errors, errors
    return [item for item in found if isinstance(item, Source)]


def bytes_of(source: Source) -> bytes:
    with source.open() as stream:
        return stream.read()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_are_seen_through(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "without-a-telling-name"
    path.write_bytes(pack(pack(REPORT)))  # type: ignore[operator]
    [source] = sources(path)
    assert bytes_of(source) == REPORT
    assert bytes_of(source) == REPORT, "a source can be read again"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "results.tar"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name in ("../up.xml", "/abs.xml", "a/b/c.xml"):
            info = tarfile.TarInfo(name)
            info.size = len(REPORT)
            archive.addfile(info, io.BytesIO(REPORT))
        link = tarfile.TarInfo("link.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found = sources(path)
    assert [source.name.partition("!")[2] for source in found] == ["../up.xml", "/abs.xml", "a/b/c.xml"]
    assert all(bytes_of(source) == REPORT for source in found)
    assert not (tmp_path.parent / "up.xml").exists()


def test_directories_give_results_only(tmp_path: Path) -> None:
    for name in ("b.xml", "a.XML", "sub/c.xml", ".hidden/d.xml", "node_modules/e.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(REPORT)
    (tmp_path / "code.py").write_text("print('ERROR: not a log')")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "server.log").write_text("ERROR: it broke")
    names = [Path(source.name).relative_to(tmp_path).as_posix() for source in sources(tmp_path)]
    assert names == ["a.XML", "b.xml", "server.log", "sub/c.xml"]


def test_globs(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml", "weird[1].xml"):
        (tmp_path / name).write_bytes(REPORT)
    assert len(sources(tmp_path / "*.xml")) == 3
    assert len(sources(tmp_path / "weird[1].xml")) == 1, "a file with that very name comes first"
    [error] = find([str(tmp_path / "*.json")])
    assert "nothing matches this pattern" in str(error)


def test_what_is_no_file(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        [error] = find([str(tmp_path / "s")])
    assert "neither a file nor a directory" in str(error)


def test_a_file_that_grows_is_read_as_it_was_when_it_was_named(tmp_path: Path) -> None:
    """What is known by its bytes must stay these bytes, and what grows faster than it is read has no end."""
    path = tmp_path / "growing.log"
    path.write_bytes(b"one\ntwo\n")
    [source] = sources(path)
    digest = source.digest()
    read = []
    for line in source.lines():
        read.append(line)
        with path.open("ab") as more:
            more.write(b"and on\n")
    assert read == ["one", "two"]
    assert (source.digest(), source.size, source.tail) == (digest, 8, b"one\ntwo\n")


def test_a_file_that_shrinks_is_read_as_far_as_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "rotated.log"
    path.write_bytes(b"one\n" * 10)
    [source] = sources(path)
    path.write_bytes(b"new\n")
    assert list(source.lines()) == ["new"]


def test_standard_input_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_MAX_PIPED", 1 << 20)
    endless = io.BufferedReader(_Endless())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(endless))
    [error] = find(["-"])
    assert str(error) == "-: more than 1 MiB in a pipe; write it to a file and name that"


class _Endless(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return len(buffer)
