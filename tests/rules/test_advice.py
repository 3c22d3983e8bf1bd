"""Checks, causes and questions of a rule, with what a failure says in their holes."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from triage.model import Failure
from triage.rules import Rule, load_engine
from triage.rules.advice import Advice, advice
from triage.rules.model import Condition, RuleMatch


def says(rule: Rule, *messages: str) -> Advice:
    return advice(rule, [Failure(message=message) for message in messages])


VALVE = Rule(
    id="valve",
    title="Valve {valve} in {hall}",
    category="infra",
    any=(
        Condition("pattern", r"\bvalve (?P<valve>\S+) stuck\b"),
        Condition("phrase", "no answer from a valve"),
    ),
    capturing=(r"\bhall (?P<hall>\w+)",),
    checks=("ping {valve} -c {count}", "look at the lamp"),
    causes=("hall {hall} lost its power", "the valve is old"),
    questions=("Why was {valve} not moved?", "Who was in {hall}?", "Who knows?"),
)


def test_captures_stand_in_the_lines() -> None:
    told = says(VALVE, "valve v7 stuck in hall 3")
    assert told.checks == ("ping v7 -c {count}", "look at the lamp")
    assert told.causes == ("hall 3 lost its power", "the valve is old")
    assert told.questions == ("Why was v7 not moved?", "Who was in 3?", "Who knows?")


def test_the_one_that_says_most_is_found_behind_many_that_say_the_same() -> None:
    told = says(VALVE, *["no answer from a valve"] * 50, "valve v7 stuck in hall 3")
    assert told.checks == ("ping v7 -c {count}", "look at the lamp")


def test_what_the_failure_does_not_say_is_left_out_or_left_to_fill_in() -> None:
    told = says(VALVE, "no answer from a valve")
    assert told.checks == ("ping VALVE -c {count}", "look at the lamp")
    assert told.causes == ("the valve is old",)
    assert told.questions == ("Who knows?",)
    assert RuleMatch(VALVE, 100.0, lambda: {"hall": "3"}).title == "Valve … in 3"


def test_a_failure_that_the_rule_does_not_match_any_more() -> None:
    assert says(VALVE, "all is well").checks == ("ping VALVE -c {count}", "look at the lamp")
    assert advice(None, [Failure(message="valve v7 stuck")]) == advice(VALVE, []) == Advice()


def test_braces_of_a_program_are_its_own() -> None:
    checks = (
        "curl -w '%{url} %{valve}' {url}",
        "docker ps --format '{{valve}} {{ json . }}'",
        'echo "${valve}"',
    )
    told = says(VALVE._replace(checks=checks), "valve v7 stuck, see http://shop.test/x")
    assert told.checks == ("curl -w '%{url} %{valve}' URL", checks[1], 'echo "$v7"')


def test_the_failure_that_says_most_counts() -> None:
    told = says(
        VALVE,
        "no answer from a valve",
        "valve v7 stuck",
        "valve v8 stuck in hall 3",
        "valve v9 stuck in hall 4",
    )
    assert told.questions == ("Why was v8 not moved?", "Who was in 3?", "Who knows?"), (
        "of one failure, not of several"
    )


def test_what_is_told_is_one_line() -> None:
    rule = VALVE._replace(any=(Condition("pattern", r"(?s)valve (?P<valve>.*) stuck"),))
    assert (
        says(rule, "valve a\n\n## Root cause\nnone stuck").questions[0]
        == "Why was a ## Root cause none not moved?"
    )


@given(
    st.text(min_size=1).filter(lambda text: not text.isspace())
    | st.sampled_from(["$(id)", "`id`", "a;id", "-rf", "a b", "'", '"', "\\", "a|b", "{valve}"])
)
def test_no_text_becomes_a_command(text: str) -> None:
    """The command has as many words as its rule gave it, and nothing in it that a shell acts on."""
    rule = Rule(
        "x",
        "x",
        "infra",
        any=(Condition("pattern", r"(?s)key=(?P<key>.*)"),),
        checks=("grep {key} '{key}' \"{key}\"",),
    )
    [check] = says(rule, f"key={text}").checks
    first, *words = shlex.split(check)
    assert first == "grep" and len(set(words)) == 1 and len(words) == 3
    assert words[0] in (text, "KEY")
    assert (
        words[0].isascii()
        and not set(words[0]) & set("$`;|&<>()[]{}~*?!#\\'\"\n \t")
        and words[0][0] not in "-=@+%"
    )


def test_the_library_says_what_was_read() -> None:
    engine = load_engine()[0]

    def told(message: str) -> Advice:
        match = engine.match(message)
        assert match is not None
        return says(match.rule, message)

    limited = told(
        "HTTPStatusError: 429 Too Many Requests for url 'https://api.example.test/v1', headers: {'retry-after': '30'}"
    )
    assert any("curl -si https://api.example.test/v1 |" in check for check in limited.checks)
    assert "Does the client wait the 30 s that the answer asks for?" in limited.questions
    unique = told("sqlite3.IntegrityError: UNIQUE constraint failed: users.email")
    assert "Who else writes into users while the tests run?" in unique.questions
    refused = told("Error: connect ECONNREFUSED 127.0.0.1:5432")
    assert refused.checks[0] == "nc -vz 127.0.0.1 5432; ss -ltnp | grep ':5432 '"
