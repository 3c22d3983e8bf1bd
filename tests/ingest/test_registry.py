"""Which reader is chosen: the surest of all, although most of them are never asked."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from tests.conftest import DATA, FRESH, RECORDED, SAMPLES, manifest, source_of
from triage.ingest import IngestError, Source
from triage.ingest.reader import Sample
from triage.ingest.registry import _family, all_readers, reads_documents, surest


@pytest.mark.parametrize("directory", [FRESH, SAMPLES, *RECORDED], ids=lambda path: path.name)
def test_asking_in_families_finds_the_surest_of_all(directory: object) -> None:
    for entry in manifest(directory):  # type: ignore[arg-type]
        path = directory / entry["path"]  # type: ignore[operator]
        try:
            source = source_of(path)
        except IngestError:
            continue  # what is refused is for test_recorded_runs
        if not source.head.strip():
            continue
        best = max(reader.sniff(source.sample) for reader in all_readers())
        assert surest(source)[0] == best, path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("npm notice\n{\"stats\": {\"passes\": 1, \"pending\": 0}, \"passes\": [], \"pending\": [], \"tests\": [{\"fullTitle\": \"a\"}]}", "mocha-json"),
        ("Running all tests\n<testsuite><testcase name='a'/></testsuite>\n", "junit-xml"),
        ("all is well\n" * 30, "log"),
    ],
)  # fmt: skip
def test_what_stands_before_a_document_hides_it_not(text: str, name: str) -> None:
    assert surest(Source("x", lambda: io.BytesIO(text.encode())))[1].name == name


def test_a_junit_file_loads_no_reader_of_other_formats() -> None:
    """The start of the program is as quick as what it has to load."""
    path = DATA / "fresh" / "pytest" / "junit-xunit2.xml"
    script = (
        "import sys\nfrom pathlib import Path\nfrom triage.ingest import Source, reader_for\n"
        "path = Path(sys.argv[1])\nprint(reader_for(Source('x', lambda: path.open('rb'))).name)\n"
        "print(sum('triage.ingest.readers.' in name and not name.endswith('_xml') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["junit-xml", "0"]


def test_sniffers_take_any_sample() -> None:
    for text in ("", "\x00", "<", "{", "[" * 2_000, "a" * 70_000, "\n" * 5_000):
        sample = Sample(text.encode(), text, text)
        assert all(0 <= reader.sniff(sample) <= 100 for reader in all_readers())


def test_who_reads_documents_is_known_by_the_name_of_its_module() -> None:
    documents = {*_family("xml"), *_family("json")}
    assert {reader for reader in all_readers() if reads_documents(reader)} == documents
