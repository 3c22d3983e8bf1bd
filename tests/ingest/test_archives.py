"""Archives within archives, twice the same name, names that lead out, and more inside than can be meant."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SAMPLES
from triage.ingest import IngestError, Source, archives, collect
from triage.ingest.archives import DEFAULT, Found, Limits, unpack
from triage.ingest.inputs import find
from triage.model import Run

REPORT = (SAMPLES / "nightly-1-api.xml").read_bytes()
OTHER = (SAMPLES / "nightly-2-api.xml").read_bytes()


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it warns of the second member of one name
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def tar_gz(*members: tuple[str, bytes]) -> bytes:
    return gzip.compress(tarred(*members))


Pack = Callable[..., bytes]
PACKERS: list[Pack] = [zipped, tarred, tar_gz]


def unpacked(data: bytes, limits: Limits = DEFAULT) -> list[Found]:
    return list(unpack(Source("outer", lambda: io.BytesIO(data)), limits))


def contents(found: list[Found]) -> list[tuple[str, bytes]]:
    read = []
    for item in found:
        assert isinstance(item, Source), item
        with item.open() as stream:
            read.append((item.name.partition("!")[2], stream.read()))
    return read


@pytest.mark.parametrize("pack", PACKERS)
def test_two_members_of_one_name_are_two_sources(pack: Pack) -> None:
    """Retried jobs append to the archive; neither run may stand for the other."""
    found = contents(unpacked(pack(("r.xml", REPORT), ("r.xml", OTHER))))
    assert [name for name, _ in found] == ["r.xml", "r.xml"]
    assert {data for _, data in found} == {REPORT, OTHER}


INNER = {
    "inner.zip": zipped(("r.xml", REPORT)),
    "inner.tar.gz": tar_gz(("r.xml", REPORT)),
    "inner.tar": tarred(("r.xml", REPORT)),
    "r.xml.gz": gzip.compress(REPORT),
    "r.xml.bz2": bz2.compress(REPORT),
    "r.xml.xz": lzma.compress(REPORT),
}


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("pack", PACKERS)
def test_what_is_packed_in_an_archive_is_seen_through(pack: Pack, name: str) -> None:
    """Artifacts come as a zip, with what the job had packed itself in it."""
    found = contents(unpacked(pack((name, INNER[name]), ("plain.xml", OTHER))))
    assert {inner.rpartition("!")[2]: data for inner, data in found} == {
        "r.xml" if name.startswith("inner") else name: REPORT,
        "plain.xml": OTHER,
    }


_NAMES = st.text(alphabet=st.sampled_from("ab./\\: \u00e9!"), min_size=1, max_size=12).filter(
    lambda name: not name.endswith("/")
)


@given(st.lists(_NAMES, min_size=1, max_size=4, unique=True), st.sampled_from(PACKERS))
def test_any_name_of_a_member_is_only_a_name(names: list[str], pack: Pack) -> None:
    """``..``, drives and absolute paths lead nowhere: members are read where they lie."""
    found = contents(unpacked(pack(*((name, REPORT) for name in names))))
    assert len(found) == len(names)
    assert {data for _, data in found} == {REPORT}


@given(st.binary(max_size=300), st.sampled_from([zipped, tarred, tar_gz]), st.integers(0, 5_000))
def test_damaged_archives_are_refused_or_read(junk: bytes, pack: Pack, at: int) -> None:
    """Whatever bytes stand in it, the answer is sources and errors of one line."""
    data = pack(("r.xml", REPORT), ("s.xml", OTHER))
    at %= len(data)
    for item in unpacked(data[:at] + junk + data[at + len(junk) :]):
        try:
            if isinstance(item, Source):
                item.digest()
        except IngestError as error:
            item = error
        if isinstance(item, IngestError):
            assert str(item).startswith("outer") and "\n" not in str(item)


def test_a_member_without_a_name_is_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), REPORT)
        archive.writestr("s.xml", OTHER)
    assert contents(unpacked(packed.getvalue()))[-1][1] == OTHER


def test_an_archive_with_a_password_is_told() -> None:
    data = bytearray(zipped(("r.xml", REPORT)))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + flags] |= 1
    [error] = unpacked(bytes(data))
    assert str(error).startswith("outer!r.xml: broken archive (") and "password" in str(error)


@pytest.mark.parametrize("pack", PACKERS)
def test_an_archive_without_results_is_told(pack: Pack) -> None:
    [error] = unpacked(
        pack(("setup.py", b"print('hello')\n"), ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(99)))
    )
    assert str(error) == "outer: no test results in this archive; name the report inside it"


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte is much, and so is ten times the packed size (``TEN``)."""
    monkeypatch.setattr(archives, "_RATIO_FREE", 1 << 20)
    monkeypatch.setattr(archives, "_HELD", 1 << 18)


TEN = Limits(ratio=10)
BOMB = b"ERROR: x\n" * (1 << 19)


@pytest.mark.parametrize(
    "made",
    [
        lambda: zipped(("bomb.log", BOMB)),
        lambda: tar_gz(("bomb.log", BOMB)),
        lambda: zipped(("bomb.log.gz", gzip.compress(BOMB))),
        lambda: zipped(("inner.zip", zipped(("bomb.log", BOMB)))),
        lambda: gzip.compress(gzip.compress(BOMB)),
        lambda: bz2.compress(BOMB),
        lambda: lzma.compress(BOMB),
    ],
    ids=["zip", "tar.gz", "gz in zip", "zip in zip", "gz in gz", "bz2", "xz"],
)
@pytest.mark.usefixtures("small_limit")
def test_a_bomb_is_refused_in_every_wrapping(made: Callable[[], bytes]) -> None:
    [found] = unpacked(made(), TEN)
    if isinstance(found, Source):
        with pytest.raises(IngestError) as refused:
            found.digest()
        found = refused.value
    assert str(found).startswith("outer")
    assert "unpacks to more than 1 MiB; unpack it yourself or raise TRIAGE_MAX_RATIO" in str(found)


@pytest.mark.usefixtures("small_limit")
def test_a_bomb_spoils_only_itself() -> None:
    """The report beside it is read."""
    bomb, *others = unpacked(zipped(("bomb.log", BOMB), ("r.xml", REPORT)), TEN)
    assert str(bomb).startswith("outer!bomb.log: unpacks to more than 1 MiB")
    assert contents(others) == [("r.xml", REPORT)]


_BOMBS = {
    "bomb.tar.gz": lambda: tar_gz(("b.log", BOMB)),
    "bomb.zip": lambda: zipped(("b.log", BOMB)),
    "bomb.xml.gz": lambda: gzip.compress(REPORT[:1_000] + BOMB),
}


@pytest.mark.parametrize("name", _BOMBS)
@pytest.mark.usefixtures("small_limit")
def test_a_bomb_in_a_directory_is_told(tmp_path: Path, name: str) -> None:
    """What is not read although it may hold results is never passed over in silence."""
    (tmp_path / name).write_bytes(_BOMBS[name]())
    (tmp_path / "good.xml").write_bytes(REPORT)
    told, read = [], []
    for item in find([str(tmp_path)], TEN):
        try:
            if isinstance(item, IngestError):
                raise item
            item.digest()
            read.append(Path(item.name).name)
        except IngestError as error:
            told.append(str(error))
    assert read == ["good.xml"]
    [error] = told
    assert name in error and "unpacks to more than" in error


def test_a_packed_log_in_a_directory_is_a_log(tmp_path: Path) -> None:
    """Logs are packed when they are rotated."""
    log = b"starting\nERROR: lost the lease\n"
    (tmp_path / "server.log").write_bytes(log)
    (tmp_path / "server.log.gz").write_bytes(gzip.compress(log))
    names = {Path(item.name).name for item in find([str(tmp_path)]) if isinstance(item, Source)}
    assert names == {"server.log", "server.log.gz"}


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for name in ("loop", "gone"):
        [error] = find([str(tmp_path / name)])
        assert str(error) == f"{tmp_path / name}: no such file or directory; check the path"
    (tmp_path / "r.xml").write_bytes(REPORT)
    [source] = find([str(tmp_path)])
    assert isinstance(source, Source) and source.name == str(tmp_path / "r.xml")


def test_links_between_directories_do_not_go_round(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "r.xml").write_bytes(REPORT)
    (tmp_path / "a" / "to-b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "to-a").symlink_to(tmp_path / "a")
    names = [item.name for item in find([str(tmp_path)]) if isinstance(item, Source)]
    assert names == [str(tmp_path / "a" / "r.xml")]


def test_globs_go_through_directories_in_order(tmp_path: Path) -> None:
    for name in ("b/deep/r.xml", "a/r.xml", "c/r.log"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(REPORT)
    names = [item.name for item in find([f"{tmp_path}/**/r.xml"]) if isinstance(item, Source)]
    assert names == [str(tmp_path / "a" / "r.xml"), str(tmp_path / "b" / "deep" / "r.xml")]
    folders = [item.name for item in find([f"{tmp_path}/[ab]"]) if isinstance(item, Source)]
    assert folders == names, "a directory that a pattern finds is searched"


def test_names_keep_their_order_and_an_error_its_place(tmp_path: Path) -> None:
    for name in ("b.xml", "a.xml"):
        (tmp_path / name).write_bytes(REPORT)
    found = list(find([str(tmp_path / name) for name in ("b.xml", "none.xml", "a.xml", "b.xml")]))
    assert [type(item).__name__ for item in found] == ["Source", "IngestError", "Source", "Source"]
    assert [Path(item.name).name for item in found if isinstance(item, Source)] == ["b.xml", "a.xml", "b.xml"]


def test_an_archive_whose_directory_lies_is_told() -> None:
    """Found by the fuzzer: the members begin before the file does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("junit.xml", REPORT)
    data = bytearray(packed.getvalue())
    end = data.rindex(b"PK\x05\x06")
    data[end + 16 : end + 20] = (int.from_bytes(data[end + 16 : end + 20], "little") + 1_000).to_bytes(
        4, "little"
    )
    found = list(unpack(Source("lying.zip", lambda: io.BytesIO(data))))
    for item in found:
        if isinstance(item, Source):
            with pytest.raises(IngestError, match=r"lying\.zip"):
                item.head  # noqa: B018  (reading is what fails)
        else:
            assert isinstance(item, IngestError)
    assert found


@pytest.mark.usefixtures("small_limit")
def test_the_limit_is_for_all_members_together() -> None:
    """Each is harmless alone; what is behind the one that is too much may still fit."""
    part = b"ERROR: x\n" * 20_000
    found = unpacked(zipped(*((f"{n}.log", part) for n in range(7)), ("r.xml", REPORT)), TEN)
    names = [item.name for item in found if isinstance(item, Source)]
    assert names == [*(f"outer!{n}.log" for n in range(5)), "outer!r.xml"]
    refused = [str(item).partition(":")[0] for item in found if isinstance(item, IngestError)]
    assert refused == ["outer!5.log", "outer!6.log"]


def test_both_limits_can_be_set() -> None:
    data = gzip.compress(BOMB)
    for set_to, told in (
        ({"TRIAGE_MAX_UNPACKED": "2"}, "outer: unpacks to more than 2 MiB; unpack it yourself or raise"),
        ({"TRIAGE_MAX_UNPACKED": "5"}, None),
        ({"TRIAGE_MAX_RATIO": "1"}, None),
        ({"TRIAGE_MAX_UNPACKED": "", "TRIAGE_MAX_RATIO": " "}, None),
    ):
        [source] = unpacked(data, Limits.of(set_to))
        assert isinstance(source, Source)
        if told:
            with pytest.raises(IngestError, match=told):
                source.digest()
        else:
            source.digest()
    assert Limits.of({}) == Limits()
    assert Limits.of({"TRIAGE_MAX_RATIO": "20"}).ratio == 20


def test_archives_within_archives_without_end_are_told() -> None:
    data = REPORT
    for number in range(40):
        data = gzip.compress(data) if number % 2 else zipped(("a", data))
    [error] = unpacked(data)
    assert str(error).endswith(": archives in archives in archives; unpack it yourself")


@pytest.mark.usefixtures("small_limit")
def test_a_sparse_member_is_refused_unread() -> None:
    """Its header promises a gigabyte of nothing."""
    info = tarfile.TarInfo("holes.xml")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 1024
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"00000000000\0" + b"00000002000\0"
    header[483:495] = b"10000000000\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    found = unpacked(bytes(header) + REPORT[:1].ljust(1024, b"a") + tarred(("r.xml", REPORT)))
    assert str(found[0]) == "outer!holes.xml: packed with holes (a sparse file); unpack it yourself"
    assert contents(found[1:]) == [("r.xml", REPORT)]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_complete_of_a_packed_file_that_breaks_off_is_read(
    compress: Callable[[bytes], bytes],
) -> None:
    cases = b"".join(b'<testcase name="t%d" time="0.%d"/>' % (n, n * n) for n in range(60_000))
    packed = compress(b'<testsuite name="s">' + cases + b"</testsuite>")
    for cut, names in ((len(packed) // 2, True), (12, False)):
        [source] = unpacked(packed[:cut]) or [None]
        if names:
            assert isinstance(source, Source)
            run = collect(source)
            assert 1_000 < len(run.cases) < 60_000
            told = [warning.text for warning in run.warnings if "archive" in warning.text]
            assert len(told) == 1
            assert re.fullmatch(
                r"the archive breaks off after [\d,]+ unpacked bytes; what was complete before is read",
                told[0],
            )
        else:
            assert str(source).startswith("outer: broken archive (")


def test_what_is_complete_of_a_tar_that_breaks_off_is_read() -> None:
    data = tarred(("a.xml", REPORT), ("b.xml", OTHER))
    a, b, error = unpacked(data[: data.rindex(OTHER[:100]) + 2_000])
    assert contents([a, b]) == [("a.xml", REPORT), ("b.xml", OTHER[:2_000])]
    assert str(error).startswith("outer: broken archive (")


@pytest.mark.parametrize("pack", [tarred, tar_gz, zipped])
@pytest.mark.usefixtures("small_limit")
def test_a_large_member_is_read_where_it_lies(pack: Pack) -> None:
    noise = bytes(range(32, 127)) * 4_000
    found = unpacked(pack(("a.xml", REPORT), ("large.log", noise), ("b.xml", OTHER)))
    assert contents(found) == [("a.xml", REPORT), ("large.log", noise), ("b.xml", OTHER)]
    assert contents(found[1:2]) == [("large.log", noise)], "and as often as needed"


def test_the_name_of_a_member_is_one_line() -> None:
    [source] = unpacked(zipped(("a\nb.xml: junit-xml, 9 tests: 9 passed\r.xml", REPORT)))
    assert isinstance(source, Source)
    assert source.name == "outer!a\u240ab.xml: junit-xml, 9 tests: 9 passed\u240d.xml"


def test_what_stands_behind_a_packed_file_is_told() -> None:
    [source] = unpacked(gzip.compress(REPORT) + b"garbage of a proxy")
    assert isinstance(source, Source)
    run = collect(source)
    assert run == replace(collect(Source("outer", lambda: io.BytesIO(REPORT))), warnings=run.warnings)
    [warning] = run.warnings
    assert warning.text.startswith(
        f"something else stands in the archive after {len(REPORT):,} unpacked bytes"
    )


class _Pipe(io.RawIOBase):
    """What cannot jump, so that ``zipfile`` writes the sizes behind each member."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def _streamed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return pipe.data


def _stored(*members: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


def _reports(count: int) -> list[tuple[str, bytes]]:
    case = '<testcase classname="C{n}" name="{m}"/>'
    return [
        (
            f"r{n}.xml",
            f'<testsuite name="s">{"".join(case.format(n=n, m=m) for m in range(300))}</testsuite>'.encode(),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("pack", [zipped, _streamed, _stored])
def test_what_is_complete_of_a_zip_that_breaks_off_is_read(pack: Callable[..., bytes]) -> None:
    reports = _reports(5)
    whole = pack(*reports, ("notes.bin", bytes(range(256)) * 4))
    for end in range(0, len(whole), 97):
        data = whole[:end]
        begun = [name for name, _ in reports if name.encode() in data]
        found = unpacked(data) if data.startswith(b"PK\x03\x04") else []
        runs: list[Run] = []
        for source in found:
            if isinstance(source, Source):
                with suppress(IngestError):
                    runs.append(collect(source))
        # All that stand before the one in which it breaks are whole.
        complete = begun[:-1]
        assert [run.source for run in runs[: len(complete)]] == [f"outer!{name}" for name in complete]
        assert all(len(run.cases) == 300 for run in runs[: len(complete)])
        if runs and len(runs) == len(found):
            told = [w.text for run in runs for w in run.warnings if "archive breaks off" in w.text]
            assert len(told) == 1


def test_a_zip_that_breaks_off_unpacks_no_more_than_is_allowed() -> None:
    data = zipped(("r.xml", b"<testsuite>" + b" " * (3 << 20)), ("s.xml", REPORT))[:-40]
    found = list(unpack(Source("outer", lambda: io.BytesIO(data)), Limits(unpacked=1 << 20)))
    told = []
    for source in found:
        try:
            told.append(collect(source).source if isinstance(source, Source) else str(source))
        except IngestError as error:
            told.append(str(error))
    assert any("unpacks to more than 1 MiB" in text for text in told)
