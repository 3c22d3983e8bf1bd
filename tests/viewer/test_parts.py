"""Folds, marks, and the place in a log that passed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from triage.ingest import IngestError
from triage.model import Failure
from triage.rules import Engine
from triage.viewer.beside import compare
from triage.viewer.folds import Folds, library_lines
from triage.viewer.log_file import LogFile
from triage.viewer.marks import Marker
from triage.viewer.opening import open_log, source_of

PYTHON = """\
ERROR order 7 failed
Traceback (most recent call last):
  File "/srv/shop/client.py", line 7, in get
    return self._http.get(url)
  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 1045, in get
    return self.request(
           ^^^^^^^^^^^^^
  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 814, in request
    return self.send(request)
httpx.ConnectError: refused
done"""
JAVA = """\
java.lang.IllegalStateException: closed
	at org.junit.Assert.fail(Assert.java:88)
	at java.base/java.lang.Thread.run(Thread.java:833)
	at java.util.ArrayList.get(ArrayList.java:4)
	at shop.Cart.total(Cart.java:12)
	at org.junit.A.b(A.java:1)
Caused by: java.io.IOException: gone
	... 23 more"""
GO = """\
panic: closed
goroutine 7 [running]:
testing.tRunner.func1(0xc0)
	/usr/local/go/src/testing/testing.go:1396 +0x24e
panic({0x1})
	/usr/local/go/src/runtime/panic.go:884 +0x212
shop.Total(...)
	/srv/shop/cart.go:12
exit status 2"""


@pytest.mark.parametrize(
    ("text", "folded"),
    [(PYTHON, "00001111100"), (JAVA, "01110101"), (GO, "001111000"), ("a.py:7: error\nb.py:8: error", "00")],
)
def test_frames_of_libraries_are_told(text: str, folded: str) -> None:
    assert "".join(str(int(is_)) for is_ in library_lines(text.split("\n"))) == folded


def test_a_fold_opens_and_closes() -> None:
    log = LogFile.of_text("a.log", PYTHON)
    folds = Folds(log)
    first = log.offset(5)
    assert first is not None
    inside = log.offset(7)
    assert inside is not None
    fold = folds.at(inside)
    assert fold is not None
    assert (fold.first, fold.lines, fold.after) == (first, 5, log.offset(10))
    assert folds.at(0) is None
    folds.open(fold)
    assert folds.at(inside) is None
    folds.toggle()
    folds.toggle()
    assert folds.at(first) == fold


def test_captures_and_holes_are_marked(engine: Engine) -> None:
    said = (
        "httpx.HTTPStatusError: Client error '429 Too Many Requests' for url 'http://10.0.1.2:8931/v1/quota'"
    )
    failure = Failure(message=said, type="httpx.HTTPStatusError")
    match = engine.match(said, failure.type)
    assert match is not None
    line = f"E   {said}"
    marks = Marker(failure, match.rule).marks(line)
    assert {line[mark.start : mark.end] for mark in marks if mark.kind == "hole"} == {
        "http://10.0.1.2:8931/v1/quota"
    }
    assert any("429" in line[mark.start : mark.end] for mark in marks if mark.kind in ("rule", "capture"))
    assert Marker(failure, None).marks("nothing of it") == []
    assert Marker(None, None).marks(line) == []


def test_what_rules_capture_is_marked_in_every_example(engine: Engine) -> None:
    captured = 0
    for rule in engine.rules:
        for example in rule.matching:
            match = engine.match(example)
            for line in example.split("\n"):
                marks = Marker(Failure(message=example), rule).marks(line)
                assert all(0 <= mark.start <= mark.end <= len(line) for mark in marks)
                said = {line[mark.start : mark.end] for mark in marks if mark.kind == "capture"}
                captured += len(said)
                if match and match.rule is rule and "\n" not in example and len(rule.any) == 1:
                    assert set(match.captures.values()) <= said
    assert captured > 20


def _job(fails: bool, shift: int) -> str:
    lines = [
        f"2026-01-01 10:00:{n % 60:02d} step {n} of setup {chr(97 + n % 20)}{chr(97 + n // 20)} ok"
        for n in range(300)
    ]
    lines[shift:shift] = ["a warm cache"] * shift
    place = lines.index(next(line for line in lines if " step 200 " in line))
    if fails:
        lines[place:place] = ["ERROR: disk is gone", "  at shop/disk.c:7"]
    else:
        lines[place:place] = ["disk found in 3 ms"]
    return "\n".join(lines)


def test_the_same_place_of_a_log_that_passed() -> None:
    log, passing = LogFile.of_text("b-2.log", _job(True, 0)), LogFile.of_text("b-1.log", _job(False, 40))
    failed = _job(True, 0).split("\n").index("ERROR: disk is gone") + 1
    start = log.offset(failed)
    assert start is not None
    found = compare(log, start, passing)
    assert found is not None
    assert {log.line(at).text for at in found.only_here} == {"ERROR: disk is gone", "  at shop/disk.c:7"}
    assert "disk found in 3 ms" in {passing.line(at).text for at in found.only_there}
    beside = found.counterpart(start)
    assert beside is not None
    assert " step 199 " in passing.line(beside).text
    before = log.offset(failed - 5)
    assert before is not None
    same = found.counterpart(before)
    assert same is not None
    assert passing.line(same).text == log.line(before).text


def test_a_log_that_is_nothing_like_it() -> None:
    log, other = LogFile.of_text("a.log", "ERROR: x\nbad"), LogFile.of_text("b.log", "quite\nanother\nthing")
    assert compare(log, 0, other) is None
    assert compare(log, 0, LogFile.of_text("c.log", "")) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plain.log", "first\nläst\n".encode()),
        ("packed.log.gz", gzip.compress("first\nläst\n".encode())),
        ("wide.log", "first\r\nläst\r\n".encode("utf-16")),
        ("wide32.log", "first\nläst\n".encode("utf-32")),
        ("old.log", "first\nläst\n".encode("cp1252")),
    ],
    ids=["plain", "gzip", "utf-16", "utf-32", "cp1252"],
)
def test_any_log_opens(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    log, filling = open_log(source_of(str(path)))
    for _ in filling() if filling else ():
        pass
    log.refresh()
    assert [log.line(0).text, log.line(log.last()).text] == ["first", "läst"]
    log.close()


def test_a_log_that_is_not_there_or_not_one(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="no such file"):
        source_of(str(tmp_path / "gone.log"))
    (tmp_path / "a.xml").write_text("<testsuite><testcase name='a'/></testsuite>")
    (tmp_path / "b.xml").write_text("<testsuite><testcase name='a'/></testsuite>")
    with pytest.raises(IngestError, match="several"):
        source_of(str(tmp_path))
