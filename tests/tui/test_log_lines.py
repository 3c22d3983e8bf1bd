"""The lines of a log beside the questions have the numbers of the file."""

from __future__ import annotations

import io

import pytest

from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import clusters, members
from triage.store.ingest import ingest
from triage.tui.texts import evidence, numbered_lines

_QUIET = [f"INFO {n}" for n in range(30)]


@pytest.mark.parametrize("quiet", [[], ["", "INFO 1"], _QUIET, [*_QUIET, "", "  "]])
def test_a_failure_of_a_log_begins_at_its_own_line(db: Store, engine: Engine, quiet: list[str]) -> None:
    log = [*quiet, "ERROR: disk is gone", "  at shop/disk.c:7", *_QUIET]
    ingest(db, Source("a.log", lambda: io.BytesIO("\n".join(log).encode())), engine, 1)
    [member] = members(db, clusters(db)[0].id)
    assert member.failure.source_line == len(quiet) + 1
    rows = numbered_lines(member)
    assert rows[member.failure.lead][1] == "ERROR: disk is gone"
    assert all(number is not None and log[number - 1] == line for number, line, _ in rows)
    assert f"a.log:{len(quiet) + 1}\n" in "".join(text.plain for text in evidence(member, 1, 1))
