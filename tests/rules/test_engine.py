"""Which rule wins, what it captures, and that no text can break it."""

from __future__ import annotations

from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from tests.conftest import rules_of_the_library
from triage.rules import Engine, Rule
from triage.rules.model import Condition
from triage.rules.phrases import likeness
from triage.rules.texts import MAX_PATTERN, MAX_PHRASE, MAX_TEXT, compiled


def pattern(value: str) -> Condition:
    return Condition("pattern", value)


def phrase(value: str, threshold: float = 90.0) -> Condition:
    return Condition("phrase", value, threshold)


def rule(id: str, *any: Condition, **fields: object) -> Rule:
    return Rule(id=id, title=str(fields.pop("title", id)), category="infra", any=any, **fields)  # type: ignore[arg-type]


def winner(engine: Engine, text: str, type: str = "") -> str | None:
    match = engine.match(text, type)
    return match.rule.id if match else None


def test_nothing_matches() -> None:
    engine = Engine([rule("a", pattern("boom"))])
    assert engine.match("all is well") is None
    assert engine.match("") is None
    assert Engine([]).match("boom") is None


def test_the_higher_priority_wins_whatever_the_order() -> None:
    low, high = rule("low", pattern("HTTP 403")), rule("high", pattern("403"), priority=60)
    for rules in ([low, high], [high, low]):
        assert [m.rule.id for m in Engine(rules).matches("HTTP 403")] == ["high", "low"]


def test_then_the_better_score_then_the_longer_condition_then_the_id() -> None:
    engine = Engine([rule("fuzzy", phrase("connection refusal", 80)), rule("exact", pattern("refused"))])
    assert winner(engine, "connection refused") == "exact"
    engine = Engine([rule("short", pattern("refused")), rule("long", pattern("connection refused"))])
    assert winner(engine, "connection refused") == "long"
    engine = Engine([rule("b", pattern("x")), rule("a", pattern("x"))])
    assert winner(engine, "x") == "a"


def test_none_takes_the_rule_out() -> None:
    engine = Engine([rule("rate", pattern("429"), none=(pattern("quota"),))])
    assert winner(engine, "status 429") == "rate"
    assert winner(engine, "status 429: quota reached") is None


def test_all_needs_every_condition() -> None:
    engine = Engine([Rule("both", "both", "infra", all=(pattern("403"), pattern("websocket")))])
    assert winner(engine, "websocket: 403") == "both"
    assert winner(engine, "websocket") is None


def test_all_and_any_together() -> None:
    engine = Engine([rule("x", pattern("a"), pattern("b"), all=(pattern("c"),))])
    assert winner(engine, "b c") == "x"
    assert winner(engine, "c") is None
    assert winner(engine, "a b") is None


def test_type_is_a_glob_over_the_class() -> None:
    engine = Engine([rule("neg", Condition("type", "*.NegotiationError"))])
    assert winner(engine, "anything", "websockets.exceptions.NegotiationError") == "neg"
    assert winner(engine, "websockets.exceptions.NegotiationError: x", "") is None
    assert winner(engine, "anything", "NegotiationErrors") is None


def test_a_phrase_ignores_case_and_small_differences() -> None:
    engine = Engine([rule("limit", phrase("rate limit exceeded"))])
    assert winner(engine, "Failed: Rate Limit Exceeded (5 per minute)") == "limit"
    assert winner(engine, "rate limits exceeded") == "limit"
    assert winner(engine, "the speed limit was exceeded") is None


def test_each_phrase_keeps_its_own_threshold() -> None:
    engine = Engine(
        [rule("strict", phrase("time limit exceeded", 100)), rule("loose", phrase("too many cooks", 60))]
    )
    assert winner(engine, "rate limit exceeded") is None
    assert winner(engine, "time limit exceeded") == "strict"
    assert winner(engine, "too many books") == "loose"


def test_a_short_text_is_not_inside_a_phrase() -> None:
    engine = Engine([rule("long", phrase("connection to the database was refused"))])
    for text in ("database", "refused", "to", "e", "connection to the database"):
        assert winner(engine, text) is None


def test_captures_fill_the_title() -> None:
    (match,) = Engine(
        [rule("f", pattern("fixture '(?P<name>[^']+)'"), title="Fixture: {name} {other}")]
    ).matches("fixture 'db' not found")
    assert match.captures == {"name": "db"}
    assert match.title == "Fixture: db {other}"


def test_split_by_keeps_clusters_apart() -> None:
    conditions = pattern(r"HTTP (?P<status>\d{3})"), pattern("server broke")
    engine = Engine([rule("http", *conditions, split_by=("status",))])
    keys = [
        match.key
        for text in ("HTTP 502", "HTTP 503", "HTTP 502 again", "server broke")
        if (match := engine.match(text))
    ]
    assert keys == [
        "rule:http:status=502",
        "rule:http:status=503",
        "rule:http:status=502",
        "rule:http:status=",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.7", True),
        ("fd00::12", "[2001:db8::7]", True),
        ("10.0.0.1", "fd00::12", True),
        ("127.0.0.1", "::1", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "10.0.0.1", False),
        ("db.prod", "cache.prod", False),
        ("db.prod", "10.0.0.1", False),
        ("1.2.3", "1.2.4", False),
        ("1.2.3.4.5", "1.2.3.4.6", False),
        ("cafe::bad", "cafe::bed", False),
        ("no answer from 10.0.0.1:53", "no answer from 10.0.0.2:53", True),
    ],
)
def test_split_by_does_not_keep_addresses_apart(one: str, other: str, same: bool) -> None:
    engine = Engine(
        [rule("refused", pattern("refused by (?P<host>.+)"), title="no {host}", split_by=("host",))]
    )
    matches = [match for host in (one, other) if (match := engine.match(f"refused by {host}"))]
    assert (matches[0].key == matches[1].key) is same
    assert [match.title for match in matches] == [f"no {one}", f"no {other}"]


def test_without_split_by_there_is_one_key() -> None:
    engine = Engine([rule("http", pattern(r"HTTP (?P<status>\d{3})"))])
    keys = {match.key for text in ("HTTP 502", "HTTP 503") if (match := engine.match(text))}
    assert keys == {"rule:http"}


def test_near_tells_why_a_rule_does_not_match() -> None:
    wanted = rule("r", pattern("403"), phrase("rate limit exceeded"), none=(pattern("quota"),))
    near = {n.condition.value: n for n in Engine([wanted]).near(wanted, "rate limit is exceeded by quota")}
    assert not near["403"].hit
    assert 80 < near["rate limit exceeded"].score < 100
    assert near["quota"].hit


def test_only_the_beginning_of_a_long_text_is_matched() -> None:
    engine = Engine([rule("a", pattern("boom"))])
    assert winner(engine, " " * (MAX_TEXT - 4) + "boom") == "a"
    assert winner(engine, " " * MAX_TEXT + "boom") is None


LIBRARY = Engine(rules_of_the_library().rules)


WORDS = sorted({word for rule in LIBRARY.rules for text in rule.matching for word in text.split(" ")})


@given(st.text(max_size=400), st.text(max_size=40))
def test_no_text_raises(text: str, type: str) -> None:
    assert all(match.title and match.key.startswith("rule:") for match in LIBRARY.matches(text, type))


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_no_mixture_of_known_texts_raises(words: list[str]) -> None:
    matches = LIBRARY.matches(" ".join(words))
    priorities = [match.rule.priority for match in matches]
    assert priorities == sorted(priorities, reverse=True)
    assert all(match.title and match.score > 0 for match in matches)


@pytest.mark.parametrize(
    "text",
    [
        "\x00HTTP 429\x00",
        "HTTP 403\ufffe",
        "\ud800 HTTP 403",
    ],
)
def test_odd_characters_do_not_hide_a_failure(text: str) -> None:
    assert winner(LIBRARY, text) in ("http-403", "http-429-rate-limit")


def test_the_library_fits_the_matcher() -> None:
    """All patterns in one pass say what each of them says alone: the pass did not run out of memory."""
    texts = [text for rule in LIBRARY.rules for text in rule.matching]
    together = "\n".join(texts)[:MAX_TEXT]
    for rule in LIBRARY.rules:
        for near in LIBRARY.near(rule, together):
            if near.condition.kind == "pattern":
                alone = Engine([Rule("one", "one", "infra", any=(near.condition,))])
                assert near.hit == (alone.match(together) is not None), near.condition.value


@given(
    st.text("abcde ", min_size=1, max_size=24),
    st.lists(st.text("abcde ", max_size=30), max_size=3),
    st.sampled_from([50.0, 72.5, 90.0, 100.0]),
    st.data(),
)
def test_the_pieces_of_a_phrase_leave_nothing_out(
    words: str, around: list[str], threshold: float, data: st.DataObject
) -> None:
    """What is looked for first is in every text that the similarity alone would find."""
    edited = list(words)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(edited)))
        edited[at : at + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from(["", "x", "a"]))
    text = "".join([*around[:1], *edited, *around[1:]])
    expected = likeness(words, text, threshold) if text else 0.0
    assert (Engine([rule("p", phrase(words, threshold))]).match(text) is not None) == (expected > 0)


@given(
    st.text("abcde ", min_size=1, max_size=80),
    st.text("abcde ", max_size=200),
    st.floats(1, 100),
    st.data(),
)
def test_what_is_refused_early_would_have_been_refused(
    words: str, text: str, threshold: float, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    text = f"{text[:at]}{words[data.draw(st.integers(0, 5)) :]}{text[at:]}"
    alike = fuzz.partial_ratio if len(text) >= len(words) else fuzz.ratio
    assert likeness(words, text, threshold) == alike(words, text, score_cutoff=threshold)


@pytest.mark.parametrize("threshold", [50.0, 75.0, 90.0, 99.0, 100.0])
def test_the_longest_phrase_is_found(threshold: float) -> None:
    words = ("the lease of shard 7 was taken away while it was written " * 6)[:MAX_PHRASE]
    engine = Engine([rule("long", phrase(words, threshold))])
    assert winner(engine, f"oh: {words.upper()}!") == "long"
    assert winner(engine, "nothing of the kind") is None


def test_more_literals_than_one_filter_holds_are_found() -> None:
    """Three patterns that are as long as they may be, and none of which fits together with another."""
    parts = [f"{at:x}w{at * 7919 % 9973:x}" for at in range(9_000)]
    patterns = []
    for at in range(3):
        value = "|".join(parts[at * 3_000 : (at + 1) * 3_000])[:MAX_PATTERN].rsplit("|", 1)[0]
        patterns.append(value)
    engine = Engine([rule(f"r{at}", pattern(value)) for at, value in enumerate(patterns)])
    for at, value in enumerate(patterns):
        assert winner(engine, f"oh {value.rsplit('|', 1)[1]}!") == f"r{at}"


@pytest.mark.parametrize("letters", ["ab", "abc", "abcdef0123456789"])
def test_the_longest_pattern_fits(letters: str) -> None:
    words = ("".join(word) for size in (1, 2, 3, 4, 5) for word in product(letters, repeat=size))
    value = "|".join(islice(words, 9_000))[:MAX_PATTERN].strip("|")
    compiled(value)
    assert winner(Engine([rule("a", pattern(value))]), value[:1]) == "a"
