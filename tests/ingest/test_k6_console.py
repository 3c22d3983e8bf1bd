"""What ``k6 run`` prints: its summaries of three versions, and what a script throws."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made

_LAST = "        running (1m02.5s), 0/2 VUs, 10 complete and 0 interrupted iterations\n"


def test_a_group_is_not_counted_again() -> None:
    run = made(
        """
          █ THRESHOLDS

            http_req_duration
            ✓ 'p(95)<500' p(95)=20ms
            ✗ 'avg<10' avg=12ms

          █ TOTAL RESULTS

            checks_total.......................: 20      20/s

            ✓ is up
            ✗ has boxes
              ↳  90% — ✓ 9 / ✗ 1

            EXECUTION
            iterations.........................: 10     10/s

          █ GROUP: cart

            ✗ has boxes
              ↳  90% — ✓ 9 / ✗ 1

"""
        + _LAST,
        "k6-console",
    )
    assert counts(run) == (4, 2, 2, 0, 0)
    assert case(run, "http_req_duration: avg<10").failures[0].message.endswith("avg=12ms")
    assert case(run, "has boxes").failures[0].message == "1 of 10 times: has boxes"


def test_metrics_with_marks_are_thresholds() -> None:
    """Up to version 0.57 the checks stand in their groups, and the metric has the mark of its threshold."""
    run = made(
        """
        ERRO[0003] TypeError: no boxes
        ERRO[0004] TypeError: no boxes
             ✓ is up

             █ cart

               ✗ has boxes
                ↳  90% — ✓ 9 / ✗ 1

           ✗ checks.........................: 95.00% ✓ 19  ✗ 1
             ✗ { kind:stock }...............: 0.00%  ✓ 0   ✗ 1
             iterations.....................: 10     10/s
        ERRO[0005] thresholds on metrics 'checks' have been crossed
"""
        + _LAST,
        "k6-console",
    )
    assert counts(run) == (4, 1, 3, 0, 0)
    assert case(run, "has boxes").suite == "cart"
    assert case(run, "checks{kind:stock}").suite == "thresholds"
    [threw] = run.failures
    assert threw.message == "TypeError: no boxes (said 2 times)"
    assert threw.type == "TypeError"
    assert threw.source_line == 1


def test_ticks_of_other_runners_are_no_checks() -> None:
    run = made(
        """
          Cart
            ✓ adds
            ✓ counts

          2 passing (5ms)
        """,
        "mocha-console",
    )
    assert counts(run) == (2, 2, 0, 0, 0)


def test_a_summary_of_before_progress_had_words() -> None:
    run = made(
        """
            done [==========================================================] 1s / 1s

            ✓ is up
            ✗ has boxes
             ↳  50% — ✓ 10 / ✗ 10

            data_received..............: 12 kB 12 kB/s
            iterations.................: 20    20/s
            vus........................: 1     min=1 max=1
            vus_max....................: 1     min=1 max=1
        """,
        "k6-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
