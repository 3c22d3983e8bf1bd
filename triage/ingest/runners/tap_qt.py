"""What ``# TODO`` means in the TAP of Qt Test: expected failures, surprises, and what the black list tolerates."""

from __future__ import annotations

from collections.abc import Iterable

from triage.ingest.runners.tap_text import Test


def settle(tests: Iterable[Test], failed: int | None) -> None:
    """Give the tests of one program what Qt means; ``failed`` is how many failed by its own count.

    A test that was expected to fail and passed is a failure in Qt, unless the black list has it; then it is not counted.
    Without a reason the mark is that of a test on the black list that passed.
    """
    tests = list(tests)
    marked = [test for test in tests if test.ok and test.directive == "TODO"]
    is_counted = failed is None or failed > sum(test.is_red for test in tests)
    for test in marked:
        if not test.why:
            test.directive = "XPASS"
        elif is_counted:
            test.ok, test.directive, test.late = False, "", test.why
