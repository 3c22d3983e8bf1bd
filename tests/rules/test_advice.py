"""Checks, causes and questions of a rule, with what a failure says in their holes."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model import Failure
from triage.rules import Rule, load_engine
from triage.rules.advice import Advice, address, advice, table
from triage.rules.model import NOWHERE, Condition, RuleMatch


def says(rule: Rule, message: str) -> Advice:
    return advice(rule, Failure(message=message), NOWHERE)


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


def test_what_the_failure_does_not_say_is_left_out_or_left_to_fill_in() -> None:
    told = says(VALVE, "no answer from a valve")
    assert told.checks == ("ping VALVE -c {count}", "look at the lamp")
    assert told.causes == ("the valve is old",)
    assert told.questions == ("Who knows?",)
    assert RuleMatch(VALVE, 100.0, lambda: {"hall": "3"}).title == "Valve … in 3"


def test_a_failure_that_the_rule_does_not_match_any_more() -> None:
    assert says(VALVE, "all is well").checks == ("ping VALVE -c {count}", "look at the lamp")
    assert advice(None, Failure(message="valve v7 stuck"), NOWHERE) == Advice()


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
    assert not set(words[0]) & set("$`;|&<>()*?!#\\'\"\n \t") and words[0][0] != "-"


@pytest.mark.parametrize(
    ("text", "url", "host", "port"),
    [
        ("Client error '429 Too Many Requests' for url 'http://127.0.0.1:35863/v1/quota'\nFor more information check: https://developer.mozilla.org/429", "http://127.0.0.1:35863/v1/quota", "127.0.0.1", "35863"),
        ("GET https://api.example.test/v1/orders?id=5&x=$(id): 500", "https://api.example.test/v1/orders", "api.example.test", "443"),
        ("Unexpected 503 from http://shop.example.", "http://shop.example", "shop.example", "80"),
        ("wss://ws.example.test/socket refused", "https://ws.example.test/socket", "ws.example.test", "443"),
        ("at Foo (http://localhost:3000/main.js:12:5)", "http://localhost:3000/main.js", "localhost", "3000"),
        ("HTTPConnectionPool(host='api.local', port=8080): Max retries exceeded with url: /x", None, "api.local", "8080"),
        ('connection to server at "db" (10.1.2.3), port 5432 failed: Connection refused', None, "db", "5432"),
        ("Error 111 connecting to localhost:6379. Connection refused.", None, "localhost", "6379"),
        ("connect ECONNREFUSED 127.0.0.1:5432", None, "127.0.0.1", "5432"),
        ("dial tcp [::1]:5432: connect: connection refused", None, "[::1]", "5432"),
        ("PSQLException: Connection to db:5432 refused.", None, "db", "5432"),
        ("2003 (HY000): Can't connect to MySQL server on 'mysql:3306' (111)", None, "mysql", "3306"),
        ("https://user:secret@host.example/x", None, None, None),
        ("went from a.py:120 to foo.py:123, at 12:30", None, None, None),
    ],
)  # fmt: skip
def test_the_machine_that_a_message_names(
    text: str, url: str | None, host: str | None, port: str | None
) -> None:
    found = address(text)
    assert (found.get("url"), found.get("host"), found.get("port")) == (url, host, port)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('insert or update on table "lines" violates foreign key constraint "lines_order_fk"', "lines"),
        ('null value in column "v" of relation "orders" violates not-null constraint', "orders"),
        ("sqlite3.IntegrityError: UNIQUE constraint failed: users.email", "users"),
        ("(1062, \"Duplicate entry 'a@b.c' for key 'users.email'\")", "users"),
        ("Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT `fk` FOREIGN KEY (`o`))", "lines"),
        ("Cannot insert duplicate key in object 'dbo.Users'.", "dbo.Users"),
        ('ORA-12899: value too large for column "SHOP"."ORDERS"."NAME" (actual: 40, maximum: 32)', "ORDERS"),
        ("duplicate key ...\n[SQL: INSERT INTO orders (id) VALUES (1)]", "orders"),
        ("psycopg2.errors.InsufficientPrivilege: permission denied for table orders", "orders"),
        ("cannot insert into the cart, the update failed", None),
    ],
)  # fmt: skip
def test_the_table_that_a_message_names(text: str, name: str | None) -> None:
    assert table(text).get("table") == name


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
