"""A pytest plugin that writes what pytest itself counted, as JSON, to the file named by ``SHOP_TALLY``.

It prints nothing, so that it leaves no trace in the recordings. The truth in ``sample_logs/manifest.json``
comes from here, not from reading the recorded text.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "rerun")


def _message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash else ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = {
        outcome: [
            [report.nodeid, _message(report)]
            for report in terminalreporter.stats.get(outcome, [])
            if outcome != "passed" or report.when == "call"
        ]
        for outcome in OUTCOMES
    }
    Path(os.environ["SHOP_TALLY"]).write_text(json.dumps(told))
