"""Documents: complete, and hostile text stays text."""

from __future__ import annotations

import io
import json
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import FRESH, source_of
from triage.export.clipboard import short_summary
from triage.export.documents import render
from triage.export.files import ExportError, write_document
from triage.export.report import Report, gather
from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store import investigations as notes
from triage.store.clusters import clusters
from triage.store.ingest import ingest

HOSTILE = 'x <script>alert(1)</script> | [link](javascript:1) ``` \x1b[31mred\x07 "quoted" Bearer abcdef0123456789abcd'


@pytest.fixture
def report(db: Store, engine: Engine) -> Report:
    ingest(db, source_of(FRESH / "pytest" / "console-ci.txt"), engine, 1)
    row = clusters(db)[0]
    made = notes.open_investigation(db, row.id, row.title, "Why did it fail?")
    notes.write_answer(db, made.whys[0].id, "the database is down")
    below = notes.ask(db, made.id, made.whys[0].id, "Why is the database down?")
    notes.write_answer(db, below, "its disk is full")
    notes.set_role(db, below, "root_cause")
    notes.add_evidence(db, made.id, "No space left on device", why=below, source="db.log", line=17)
    notes.add_action(db, made.id, "alarm at 80 %", "Ann", "2026-12-01")
    notes.write_note(db, made.id, "summary", "The warehouse was down.")
    return gather(db, clusters(db, [row.id])[0])


def test_a_postmortem_has_every_part(report: Report) -> None:
    text = render(report, "md")
    for heading in (
        "Summary",
        "Impact",
        "Timeline",
        "Five whys",
        "Root cause and contributing factors",
        "Actions",
        "Evidence",
    ):
        assert f"\n## {heading}\n" in text
    for said in (
        "The warehouse was down.",
        "its disk is full",
        "**Root cause:**",
        "db.log, line 17",
        "alarm at 80 %",
        "Ann",
        "2026-12-01",
    ):
        assert said in text
    assert "\n  - **Why is the database down?**" in text
    html = render(report, "html")
    assert "its disk is full" in html
    document = json.loads(render(report, "json"))
    assert document["investigation"]["whys"][1]["answer"] == "its disk is full"
    assert document["tree"][0]["children"][0]["why"]["role"] == "root_cause"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_hostile_text_stays_text(db: Store, engine: Engine) -> None:
    body = escape(HOSTILE)
    data = f'<testsuite name="s"><testcase name="t"><failure>{body}</failure></testcase></testsuite>'.encode()
    ingest(db, Source("h.xml", lambda: io.BytesIO(data)), engine, 1)
    row = clusters(db)[0]
    made = notes.open_investigation(db, row.id, HOSTILE, HOSTILE)
    notes.write_answer(db, made.whys[0].id, HOSTILE)
    report = gather(db, clusters(db)[0])
    tags = _Tags()
    html = render(report, "html")
    tags.feed(html)
    assert "script" not in tags.seen
    markdown = render(report, "md")
    outside = "".join(part for i, part in enumerate(markdown.split("````")) if i % 2 == 0)
    assert "<script>" not in outside
    for document in (markdown, html, render(report, "json"), short_summary(report)):
        assert "\x1b" not in document
        assert "\x07" not in document
        assert "abcdef0123456789abcd" not in document


def test_a_document_is_written_whole_or_not(tmp_path: Path) -> None:
    target = tmp_path / "p.md"
    write_document(target, "text\n")
    assert target.read_text() == "text\n"
    with pytest.raises(ExportError, match="name another file"):
        write_document(tmp_path / "missing" / "p.md", "text")
