"""What a comparison is, and how its times are taken."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from triage.ingest import Source


@dataclass(frozen=True)
class Row:
    """One comparison; both figures were measured in this run, on the same input."""

    name: str
    input: str
    unit: str
    """Of both figures: ``MB/s``, ``lines/s``, ``ms`` ..."""
    ours: float | None
    peer_name: str
    peer: float | None
    ratio: float | None
    """Our time (or memory) over the peer's; below 1 we are better."""
    skipped: str = ""
    """Why there are no figures."""


def rates(name: str, input: str, unit: str, amount: float, ours: float, peer_name: str, peer: float) -> Row:
    """A row of two rates, from the seconds that both took for ``amount`` of ``unit``."""
    return Row(name, input, unit, amount / ours, peer_name, amount / peer, ours / peer)


def times(name: str, input: str, ours: float, peer_name: str, peer: float) -> Row:
    """A row of two durations, given in seconds, shown in milliseconds."""
    return Row(name, input, "ms", ours * 1e3, peer_name, peer * 1e3, ours / peer)


def skipped(name: str, input: str, peer_name: str, reason: str) -> Row:
    return Row(name, input, "", None, peer_name, None, None, reason)


def timed(work: Callable[[], object], rounds: int = 3) -> float:
    """Median seconds of ``work``."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return median(taken)


_PEAK = (
    "import resource, sys\n"
    "from triage.ingest import read\nfrom triage.sources import resolve\n"
    "for found in resolve(sys.argv[1:]):\n"
    "    for _ in read(found)[1]: pass\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)
_LAUNCH = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', *sys.argv[1:]]))"


_PEAK_OF_EXTRACT = (
    "import resource, sys\n"
    "from triage.analysis.extract import rank\nfrom triage.ingest.logs.passing import File\n"
    "from triage.sources import resolve\n"
    "rank(*map(File, resolve(sys.argv[1:])))\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def peak(path: Path) -> float:
    """Peak memory in MiB of a process that reads ``path`` and nothing else.

    Linux hands the peak of the process that starts another one down to it (``ru_maxrss`` outlives ``exec``), so a
    small process stands between this one and the reader.
    """
    return _peak(_PEAK, path)


def peak_of_extract(*paths: Path) -> float:
    """Peak memory in MiB of a process that ranks the lines of a log, beside one that passed where two are given."""
    return _peak(_PEAK_OF_EXTRACT, *paths)


_PEAK_OF_GROUP = (
    "import resource, sys\nfrom itertools import islice\n"
    f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    "import inputs\nfrom triage import group\n"
    "texts = list(islice(inputs.sentences(), int(sys.argv[1])))\n"
    "if sys.argv[2] == 'True': group(texts)\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def peak_of_group(texts: int, *, grouped: bool) -> float:
    """Peak memory in MiB of a process that has ``texts`` messages, and groups them or not."""
    return _peak(_PEAK_OF_GROUP, texts, grouped)


def _peak(program: str, *arguments: object) -> float:
    command = [sys.executable, "-c", _LAUNCH, program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def source_of(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"))
