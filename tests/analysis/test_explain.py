"""Why a failure stands in its cluster: what decided, how near the next one was."""

from __future__ import annotations

import io
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import pytest

from triage.analysis.explain import Explanation, by_words, explain
from triage.analysis.extract import extract
from triage.analysis.impact import count, impact, percent
from triage.ingest import Source
from triage.model import Totals
from triage.rules import Engine, Rule
from triage.rules.model import Condition
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters, members, variants
from triage.store.ingest import ingest

LIMITED = "HTTP 429 Too Many Requests: rate limit exceeded for key nightly"
PUMP = "pump 17 of the fountain ran dry while it was being filled"
PUMPS = "Error: pump 0x17 of the fountain ran dry while it was being filled."
DRAIN = "pump 4 of the fountain ran full while it was being drained"

Explain = Callable[..., list[Explanation]]


@pytest.fixture
def explained(db: Store, engine: Engine) -> Explain:
    """Ingest one failed test a message; the explanations of the cluster that holds the first."""

    def run(*messages: str, asked: Engine | None = engine, by: Engine = engine) -> list[Explanation]:
        cases = "".join(
            f'<testcase name="t{number}"><failure message={quoteattr(message)}/></testcase>'
            for number, message in enumerate(messages)
        )
        data = f'<testsuite name="s">{cases}</testsuite>'.encode()
        ingest(db, Source("r.xml", lambda: io.BytesIO(data)), by, 1)
        rows = clusters(db)
        row = next(row for row in rows if any(m.test == "s::t0" for m in members(db, row.id)))
        kinds = {variant.signature: variant for variant in variants(db, row.id)}
        return [
            explain(row, [member], kinds[member.signature], rows, asked) for member in members(db, row.id)
        ]

    return run


def test_a_rule_is_named_with_the_condition_that_held(explained: Explain) -> None:
    [why] = explained(LIMITED, PUMP)
    assert why.decided_by == "rule"
    assert why.text.startswith("the rule http-429-rate-limit names it by its ")
    assert why.headline == LIMITED


def test_the_rules_that_lost_are_told(explained: Explain) -> None:
    [why] = explained("server rejected WebSocket connection: HTTP 403")
    assert why.text.startswith("the rule websocket-handshake-403 names it by its ")
    assert why.text.endswith("; it wins over http-403")


def test_a_rule_that_is_gone_is_not_made_up(explained: Explain) -> None:
    [why] = explained(LIMITED, asked=Engine([]))
    assert why.text == "the rule http-429-rate-limit names it"
    assert why.threshold is None and ("score", "100.0") in why.lines


def test_a_phrase_says_which_score_it_needed(explained: Explain) -> None:
    condition = Condition("phrase", "pump of the fountain ran dry", 70.0)
    own = Engine([Rule("pump", "The pump ran dry", "infra", any=(condition,))])
    [why] = explained("pump at the fountain ran dry", asked=own, by=own)
    assert why.threshold == 70 and 70 <= why.score < 100
    assert ("score", f"{why.score:.1f}, needed 70") in why.lines


def test_codes_that_are_never_masked_are_told(explained: Explain) -> None:
    [why] = explained("PumpError: exit code 3 after HTTP 503 for ECONNRESET on port 5432")
    assert [(kept.kind, str(kept)) for kept in why.kept] == [
        ("type", "always PumpError"),
        ("exit code", "always 3"),
        ("status", "always 503"),
        ("errno", "always ECONNRESET"),
        ("number", "always 5432"),
    ]


def test_values_of_some_failures_are_not_told_as_those_of_all(db: Store, explained: Explain) -> None:
    explained(PUMP, PUMP.replace("17", "4"))
    [row] = clusters(db)
    [variant] = variants(db, row.id)
    why = explain(row, members(db, row.id)[:1], variant, [row])
    assert ("values of", "1 of 2 failures") in why.lines


def test_the_template_and_what_was_masked(explained: Explain) -> None:
    [why] = explained(PUMP)
    assert why.decided_by == "exact"
    assert why.text == "its template is the cluster's own"
    assert why.template == PUMP.replace("17", "<num>")
    assert [(hole.kind, str(hole)) for hole in why.holes] == [("num", "always 17")]


def test_a_similar_one_says_whose_words_it_has(explained: Explain) -> None:
    whys = explained(PUMP, PUMPS)
    assert sorted(why.decided_by for why in whys) == ["exact", "similar"]
    similar = next(why for why in whys if why.decided_by == "similar")
    assert similar.score == 100 and "only values and the end differ" in similar.text


def test_the_next_cluster_is_named_and_was_not_near_enough(db: Store, explained: Explain) -> None:
    [why] = explained(PUMP, DRAIN, "the lighthouse was dark")
    assert why.runner_up is not None
    other = {row.id: row for row in clusters(db)}[why.runner_up]
    assert (other.title, why.runner_up_title) == (DRAIN, DRAIN)
    assert 0 < why.runner_up_score < 100


def test_without_another_cluster_there_is_no_next(explained: Explain) -> None:
    whys = explained(PUMP, PUMP)
    assert len(whys) == 2
    assert {(why.runner_up, why.runner_up_title, why.runner_up_score) for why in whys} == {(None, "", 0.0)}


def test_a_cluster_is_not_its_own_next(db: Store, explained: Explain) -> None:
    explained(PUMP, DRAIN)
    rows = clusters(db)
    assert len(rows) == 2
    for row in rows:
        found = _first(db, row, rows)
        assert found.runner_up == next(other.id for other in rows if other.id != row.id)


def _first(db: Store, row: ClusterRow, rows: list[ClusterRow]) -> Explanation:
    return explain(row, members(db, row.id), variants(db, row.id)[0], rows)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (None, "n/a"),
        (0.0, "0.0 %"),
        (1.0, "100.0 %"),
        (0.9999, ">99.9 %"),
        (0.0001, "<0.1 %"),
        (0.028, "2.8 %"),
        (0.9994, ">99.9 %"),
    ],
)
def test_one_failure_in_ten_thousand_is_not_all(rate: float | None, shown: str) -> None:
    assert percent(rate) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 tests"), (1, "1 test"), (2, "2 tests"), (12345, "12\u202f345 tests")]
)
def test_counts_are_words(number: int, shown: str) -> None:
    assert count(number, "test") == shown


def test_a_cluster_cannot_give_back_more_than_failed() -> None:
    """Over many runs a cluster may name more tests than the runs in view have red cases."""
    found = impact(9, Totals(tests=10, passed=8, failed=2))
    assert (found.share, found.rate_if_fixed) == (1.0, 1.0)


def test_skipped_and_expected_failures_are_in_no_rate() -> None:
    found = impact(1, Totals(tests=10, passed=3, failed=1, skipped=4, xfailed=2))
    assert (found.rate_now, found.rate_if_fixed, found.share) == (0.75, 1.0, 1.0)


def test_lines_of_one_kind_have_one_failure() -> None:
    found = extract(["ERROR: lost request 17", "fine", "", "ERROR: lost request 4", "ERROR: no key"])
    assert [line.number for line in found] == [1, 5, 4]
    assert found[0].failure == found[2].failure != found[1].failure
    assert found[0].score == found[1].score > found[2].score


def test_an_empty_passing_log_makes_every_line_new() -> None:
    assert [line.number for line in extract(["quiet", "", "  ", "still quiet"], [])] == [4, 1]
    assert [line.number for line in extract(["quiet", "", "  ", "ERROR: loud"], [])] == [4]


def test_what_only_says_that_something_failed_counts_where_nothing_says_what() -> None:
    assert [line.number for line in extract(["start", "exit code 3", "ERROR: no key"])] == [3]
    assert [line.number for line in extract(["start", "exit code 3", "bye"])] == [2]


def test_errors_that_the_build_got_over_stand_back() -> None:
    """Its end repeats the error that broke it; without an end that repeats any, all of them count."""
    got_over = ["[ERROR] /src/A.java:[1,2] cannot find symbol A", *["[INFO] compiling"] * 50]
    broke = ["[ERROR] /src/B.java:[3,4] package shop.cart does not exist", *["[INFO] cleaning"] * 50]
    end = [
        "[ERROR] Failed to execute goal compile: Compilation failure",
        "[ERROR] /src/B.java:[3,4] package shop.cart does not exist",
    ]
    assert [line.number for line in extract([*got_over, *broke, *end])] == [52, 104, 103]
    assert 1 in [line.number for line in extract([*got_over, *broke])]


def test_a_trace_is_new_when_one_of_its_lines_is() -> None:
    trace = ["java.io.IOException: gone", "\tat shop.Cart.add(Cart.java:12)"]
    other = ["java.io.IOException: gone", "\tat shop.Cart.close(Cart.java:80)"]
    assert extract(["start", *trace, "end"], ["start", *trace, "end"]) == []
    assert [line.number for line in extract(["start", *other, "end"], ["start", *trace, "end"])] == [2, 3]


def test_the_values_of_all_failures_of_a_variant_are_counted(db: Store, engine: Engine) -> None:
    said = [f"pump {number} of hall {hall} ran dry" for hall in "7" for number in (1, 2, 3, 4, 4)]
    cases = "".join(
        f'<testcase name="t{n}"><failure message="{text}"/></testcase>' for n, text in enumerate(said)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, 1)
    [row] = clusters(db)
    found = members(db, row.id)
    [variant] = variants(db, row.id)
    holes = explain(row, found, variant, [row], engine).holes
    assert [str(values) for values in holes] == ["4 values: 4 (2×), 1 (1×), 2 (1×) ...", "always 7"]


def test_where_it_was_raised_is_counted(db: Store, engine: Engine) -> None:
    """One template that two places raise may be two causes: whoever splits it should see so."""
    raised = 'Traceback (most recent call last):\n  File "/srv/shop/{}", line {}, in {}\n    x\nStockError: no stock of it\n'
    places = [("cart.py", 3, "total"), ("cart.py", 9, "total"), ("order.py", 7, "place")]
    traces = [raised.format(*place) for place in places] + ["no stock of it"]
    cases = "".join(
        f'<testcase name="t{number}"><failure message="StockError: no stock of it">{trace}</failure></testcase>'
        for number, trace in enumerate(traces)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, 1)
    [row] = clusters(db)
    [(variant, alike)] = by_words(variants(db, row.id), members(db, row.id))
    told = explain(row, alike, variant, [row], engine)
    assert told.frames is not None
    assert told.frames.values == (("cart.py total", 2), ("order.py place", 1))
    assert ("raised in", "2 values: cart.py total (2×), order.py place (1×)") in told.lines
