"""Coverage-guided fuzzing of every reader: whatever the bytes are, there is a result or an ``IngestError``.

    python3 dev.py run python fuzz/readers.py                       about twenty seconds, as CI does
    python3 dev.py run python fuzz/readers.py -max_total_time=3600  by hand; any option of libFuzzer

CI's run begins with the same seed every time, so that a change fails for what it did; new faults are found by hand.
It starts from the recordings in ``tests/data``. What it finds is written to ``crash-*`` or ``timeout-*``: put the bytes
into a test before the fault is mended.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["triage.ingest"]):
    from triage.ingest import IngestError, Source
    from triage.ingest.archives import unpack
    from triage.ingest.registry import all_readers, choose

    READERS = all_readers()

DATA = Path(__file__).parents[1] / "tests" / "data"
MAX_SEED = 20_000
"""Bytes: larger recordings only make it slow."""
SHORT = ["-verbosity=0", "-seed=1", "-runs=10000", "-timeout=10", "-rss_limit_mb=2048", "-max_len=20000"]


def one_input(data: bytes) -> None:
    """The first byte says who reads the rest: one reader, the surest one, or the unpacker."""
    if not data:
        return
    source = Source("fuzz", lambda: io.BytesIO(data[1:]))
    asked = data[0] % (len(READERS) + 2)
    try:
        if asked < len(READERS):
            list(READERS[asked].read(source))
        elif asked == len(READERS):
            list(choose(source).read(source))
        else:
            for found in unpack(source):
                if isinstance(found, Source):
                    list(choose(found).read(found))
    except IngestError:
        pass


def seeds(corpus: Path) -> None:
    """Each small recording for the reader that reads it, and one archive."""
    names = [reader.name for reader in READERS]
    for number, path in enumerate(sorted(path for path in DATA.rglob("*") if path.is_file())):
        data = path.read_bytes()
        source = Source(path.name, lambda data=data: io.BytesIO(data))
        if len(data) > MAX_SEED or path.name == "manifest.json":
            continue
        try:
            asked = names.index(choose(source).name)
        except IngestError:
            asked = len(READERS) + 1
        (corpus / f"{number}").write_bytes(bytes([asked]) + data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("junit.xml", "<testsuite><testcase name='a'/></testsuite>")
    (corpus / "zip").write_bytes(bytes([len(READERS) + 1]) + packed.getvalue())


def main() -> None:
    """Fuzz until the time is over or something breaks."""
    with tempfile.TemporaryDirectory() as corpus:
        seeds(Path(corpus))
        atheris.Setup([sys.argv[0], *(sys.argv[1:] or SHORT), corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
