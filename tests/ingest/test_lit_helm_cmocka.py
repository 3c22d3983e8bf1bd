"""LLVM's lit, the plugin ``helm unittest`` and CMocka, typed after what they print."""

from __future__ import annotations

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome


def test_lit_with_what_failed() -> None:
    run = run_of("""
    -- Testing: 4 tests, 4 workers --
    PASS: Shelf :: counts/boxes.test (1 of 4)
    UNSUPPORTED: Shelf :: counts/crates.test (2 of 4)
    FAIL: Shelf :: labels/ink.test (3 of 4)
    ******************** TEST 'Shelf :: labels/ink.test' FAILED ********************
    Exit Code: 1

    Command Output (stderr):
    --
    RUN: at line 1: shelf labels/ink.test | FileCheck labels/ink.test
    + shelf labels/ink.test
    + FileCheck labels/ink.test
    labels/ink.test:4:11: error: CHECK: expected string not found in input
    // CHECK: blue
              ^

    --

    ********************
    UNRESOLVED: Shelf :: labels/paper.test (4 of 4)
    ******************** TEST 'Shelf :: labels/paper.test' FAILED ********************
    Test has no 'RUN:' line
    ********************
    ********************
    Failed Tests (1):
      Shelf :: labels/ink.test


    Testing Time: 1.25s

    Total Discovered Tests: 4
      Unsupported: 1 (25.00%)
      Passed     : 1 (25.00%)
      Unresolved : 1 (25.00%)
      Failed     : 1 (25.00%)
    """)
    assert run.format == "lit-console"
    assert counts(run) == (4, 1, 1, 1, 1)
    failed = case(run, "labels/ink.test")
    assert (failed.suite, failed.failures[0].line) == ("Shelf", 4)
    assert failed.failures[0].headline.endswith("CHECK: expected string not found in input")
    assert case(run, "labels/paper.test").failures[0].headline == "Test has no 'RUN:' line"


def test_lit_that_names_only_what_failed() -> None:
    run = run_of("""
    -- Testing: 9 tests, 2 threads --
    Testing: 0 .. 10.. 20.. 30.. 40.. 50.. 60.. 70.. 80.. 90..
    Testing Time: 0.31s
    ********************
    Unexpected Passing Tests (1):
        Shelf :: counts/lids.test
    Timed Out Tests (1):
        Shelf :: counts/tins.test
      Expected Passes    : 6
      Expected Failures  : 1
      Individual Timeouts: 1
      Unexpected Passes  : 1
    """)
    assert counts(run) == (9, 6, 2, 0, 1)
    assert {known.name for known in run.cases} == {"counts/lids.test", "counts/tins.test"}


def test_helm_unittest() -> None:
    run = run_of("""
    ### Chart [ pantry ] charts/pantry

     PASS  jars\tcharts/pantry/tests/jars_test.yaml
     FAIL  shelf labels\tcharts/pantry/tests/shelf_test.yaml
    \t- has a label

    \t\t- asserts[0] `equal` fail
    \t\t\tTemplate:\tpantry/templates/shelf.yaml
    \t\t\tPath:\tmetadata.labels.row
    \t\t\tExpected to equal:
    \t\t\t\ttop
    \t\t\tActual:
    \t\t\t\tbottom

    \t- stands

    \t\tError: template: pantry/templates/shelf.yaml:3:12: nil pointer evaluating interface {}.row

    Charts:      1 failed, 0 passed, 1 total
    Test Suites: 1 failed, 1 passed, 2 total
    Tests:       2 failed, 1 errored, 3 passed, 5 total
    Snapshot:    0 passed, 0 total
    Time:        12.5ms

    Error: plugin "unittest" exited with error
    """)
    assert run.format == "helm-unittest-console"
    assert counts(run) == (5, 3, 1, 1, 0)
    label = case(run, "has a label")
    assert (label.suite, label.file) == ("shelf labels", "charts/pantry/tests/shelf_test.yaml")
    assert "Expected to equal:" in label.failures[0].message
    stands = case(run, "stands")
    assert stands.outcome is Outcome.ERROR
    assert "nil pointer evaluating" in stands.failures[0].headline


def test_cmocka() -> None:
    run = run_of("""
    [==========] shelf: Running 4 test(s).
    [ RUN      ] counts_boxes
    [       OK ] counts_boxes
    [ RUN      ] counts_lids
    [  ERROR   ] --- 0xb != 0xc
    [   LINE   ] --- tests/shelf.c:31: error: Failure!
    [  FAILED  ] counts_lids
    [ RUN      ] counts_tins
    [  SKIPPED ] counts_tins
    [ RUN      ] counts_jars
    [  ERROR   ] --- Test failed with exception: Segmentation fault(11)
    [  ERROR   ] counts_jars
    [==========] shelf: 4 test(s) run.
    [  PASSED  ] 1 test(s).
    [  FAILED  ] shelf: 2 test(s), listed below:
    [  FAILED  ] counts_lids
    [  FAILED  ] counts_jars

     2 FAILED TEST(S)
    """)
    assert run.format == "gtest-console"
    assert counts(run) == (4, 1, 1, 1, 1)
    failure = case(run, "counts_lids").failures[0]
    assert (failure.headline, failure.file, failure.line) == ("0xb != 0xc", "tests/shelf.c", 31)


def test_cmocka_whose_group_was_not_set_up() -> None:
    run = run_of("""
    [==========] shelf: Running 2 test(s).
    [  ERROR   ] --- no wall to put it on
    [   LINE   ] --- tests/shelf.c:12: error: Failure!
    [  FAILED  ] GROUP SETUP
    [  ERROR   ] shelf
    [==========] shelf: 0 test(s) run.
    [  PASSED  ] 0 test(s).
    """)
    assert counts(run)[0] == 0
    assert headlines(run) == ["no wall to put it on"]
