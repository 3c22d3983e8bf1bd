"""The rules that come with the program: complete, consistent, and right about recorded failures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import re2
import yaml

from tests.conftest import rules_of_the_library
from triage.ingest import Source, collect
from triage.model import Failure
from triage.rules import CATEGORIES, Engine, library
from triage.rules.advice import advice
from triage.rules.check import example_type, run_examples
from triage.rules.model import HOLE

ROOT = Path(__file__).parents[2]
FRESH = ROOT / "tests" / "data" / "fresh"
FAMILIES = """
assertions auth brokers browsers caches ci cloud compilers concurrency configuration containers database
database-cassandra database-elasticsearch database-mongodb database-mysql database-oracle
database-others database-postgresql database-sqlite database-sqlserver dns dotnet filesystem git go graphql grpc http java
javascript jest jvm-build languages memory-processes mobile packages php pytest python ruby rust ssh tcp
timeouts tls websocket
"""
PROGRAMS = """
bazel deno getconf golangci-lint locale mypy pwd rustup systemctl uptime yarn
./TEST ./TESTS ./gradlew actionlint adb appium apt-file apt-get aws az behave bundle cargo cat cc celery
chronyc cmake composer cqlsh curl cut cypress date df dig dmesg docker dotnet du echo env file find for free
gcloud gdb gh git gitlab-runner go gradle grep grpcurl hadolint head helm id ip java jcmd journalctl jq
jstack kafka-acls.sh kafka-broker-api-versions.sh kafka-configs.sh kafka-console-consumer.sh
kafka-consumer-groups.sh kafka-topics.sh keytool klist kubectl ldapwhoami ldd ls lsnrctl lsof make mix mongosh
mosquitto_sub mount mvn mysql mysqladmin namei nats nc nginx nm node nodetool npm npx nvidia-smi openssl
pg_isready php pip poetry printf ps psql py-spy pytest python python3 quota rabbitmq-diagnostics rabbitmqctl
redis-cli rm rspec ruby ruff rustc sbt sqlcmd sqlite3 sqlplus ss ssh ssh-keygen ssh-keyscan sysctl tail
terraform test time timeout top tsc ulimit uname valgrind vault vendor/bin/phpunit wc websocat xcode-select
xcodebuild xcrun
"""
"""First words of a check that can be pasted into a shell; settings of the environment may stand before them."""
LOADED = rules_of_the_library()
ENGINE = Engine(LOADED.rules)


def named(text: str) -> str | None:
    match = ENGINE.match(text, example_type(text))
    return match.rule.id if match else None


def test_every_rule_loads() -> None:
    assert LOADED.errors == ()
    assert len(LOADED.rules) >= 600


def test_every_family_has_its_file() -> None:
    assert {rule.family for rule in LOADED.rules} == set(FAMILIES.split())
    assert {path.stem for path in library().iterdir()} == set(FAMILIES.split())
    assert {rule.category for rule in LOADED.rules} == set(CATEGORIES)


def is_command(check: str) -> bool:
    words = (word for word in check.split() if not re.match(r"[A-Z_]+=", word))
    return next(words, "").rstrip(";") in PROGRAMS.split()


def test_rule_is_complete() -> None:
    for rule in LOADED.rules:
        assert len(rule.matching) >= 2, rule.id
        assert rule.not_matching, rule.id
        assert rule.causes, rule.id
        assert rule.checks, rule.id
        assert rule.questions, rule.id
        assert any(is_command(check) for check in rule.checks), (rule.id, rule.checks)
        assert rule.links, rule.id
        assert all(link.startswith("https://") for link in rule.links), rule.id


def test_every_example_holds() -> None:
    assert [f"{bad.rule.id}: {bad.text!r} {bad.reason}" for bad in run_examples(ENGINE)] == []


def test_titles_and_clusters_have_their_captures() -> None:
    """A title never shows a bare {name}, and a capture that keeps clusters apart is always there."""
    for rule in LOADED.rules:
        for text in rule.matching:
            match = next(m for m in ENGINE.matches(text, example_type(text)) if m.rule is rule)
            assert "{" not in match.title, text
            assert set(rule.split_by) <= set(match.captures), text


def test_advice_of_every_example() -> None:
    """Whatever an example does not capture, there is something to check, a cause and a question, without a bare {name}."""
    for rule in LOADED.rules:
        for text in rule.matching:
            says = advice(rule, [Failure(message=text, type=example_type(text))])
            assert says.checks and says.causes and says.questions, text
            told = "\n".join((*says.checks, *says.causes, *says.questions))
            assert rule.groups.isdisjoint(HOLE.findall(told)), text


def test_holes_are_captured() -> None:
    """What a check, cause or question fills in is there in an example; other braces belong to a command."""
    for rule in LOADED.rules:
        told = {name for line in (*rule.causes, *rule.checks, *rule.questions) for name in HOLE.findall(line)}
        found = set()
        for text in rule.matching if (holes := told & rule.groups) else ():
            match = next(m for m in ENGINE.matches(text, example_type(text)) if m.rule is rule)
            found |= set(match.captures)
        assert holes <= found, (rule.id, holes - found)


def test_only_harmless_questions_go_where_the_log_says() -> None:
    """Nothing secret, nothing that changes something, and no client that logs in by itself: whoever wrote the log has chosen the machine."""
    for rule in LOADED.rules:
        for check in rule.checks:
            if {"url", "host"} & set(HOLE.findall(check)):
                assert not re.search(
                    r"\$[A-Z(]|-d |--data|-X (?!OPTIONS)|@|\b(?:USER|PASSWORD|for)\b", check
                ), (rule.id, check)
                asked = [
                    part for part in re.split(r"[;|]{1,2}", check) if re.search(r"\{(?:url|host)\}", part)
                ]
                assert all(
                    re.match(r" ?(?:time )?(?:curl|nc|getent|dig|openssl s_client|pg_isready) ", part)
                    for part in asked
                ), (rule.id, check)


def test_a_pattern_names_a_group_once() -> None:
    """google-re2 takes the same name twice, and then tells only the first of the two."""
    for rule in LOADED.rules:
        for condition in (*rule.any, *rule.all):
            names = re.findall(r"\(\?P<(\w+)>", condition.value) if condition.kind == "pattern" else []
            assert len(names) == len(set(names)), (rule.id, condition.value)


def test_every_condition_waits_for_its_literals() -> None:
    """A pattern without a literal of three characters is tried on every text; RE2 also gives up where it would have to
    list what follows a literal (``TS\\d{4}``), or where the beginning that alternatives share is too short (``NU1|NU2``).
    """
    for condition in {c for rule in LOADED.rules for c in rule.conditions if c.kind == "pattern"}:
        alone = re2.Filter()
        alone.Add(condition.value)
        alone.Compile()
        assert not alone.Match("zzz", True), condition.value


def test_a_test_that_passed_is_told_in_one_way() -> None:
    assert len({c.value for rule in LOADED.rules for c in rule.conditions if "PASSED" in c.value}) == 1


def test_ids_follow_one_form_and_short_phrases_are_patterns() -> None:
    for rule in LOADED.rules:
        assert rule.id == rule.id.lower().replace(" ", "-").replace("_", "-")
        for condition in rule.conditions:
            assert condition.kind != "phrase" or len(condition.value) >= 12, rule.id


@pytest.mark.parametrize("path", sorted(library().glob("*.yaml")), ids=lambda path: path.stem)
def test_files_point_editors_to_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../docs/rules.schema.json\n")
    assert yaml.safe_load(text).keys() == {"rules"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Failed to create test user: Rate limit exceeded", "http-429-rate-limit"),
        ("Error: Unexpected server response: 429", "http-429-rate-limit"),
        ("Expected: 200\nReceived: 429", "http-429-rate-limit"),
        ('Agent 4 blocked: "Agent limit reached (3/3)" (429 status)', "http-429-quota"),
        ("AssertionError: assert 403 == 200", "http-403"),
        ("server rejected WebSocket connection: HTTP 403", "websocket-handshake-403"),
        (
            "All failures are HTTP 403 errors when attempting WebSocket connections with test JWT tokens",
            "websocket-handshake-403",
        ),
        ("Error: Unexpected server response: 403", "websocket-handshake-403"),
        ("websockets.exceptions.NegotiationError: no subprotocols supported", "websocket-negotiation"),
        ('"no subprotocols supported" error', "websocket-negotiation"),
        ("Subprotocol negotiation failure", "websocket-negotiation"),
        ("WebSocket subprotocol negotiation", "websocket-negotiation"),
    ],
)
def test_first_signatures_are_named_right(text: str, rule: str) -> None:
    assert named(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "AssertionError: assert 200 == 403",
        "expected status 403 but got 200",
        "Expected: 429\nReceived: 200",
        "Expected: 12\nReceived: 404",
        "assert 404 == 405\n +  where 404 = len(rows)",
        "403 Security Tests: path traversal blocked",
        "0 errors, 0 failures",
        "no rate limiting detected",
    ],
)
def test_numbers_are_not_statuses(text: str) -> None:
    assert not (named(text) or "").startswith(("http-", "websocket-"))


@pytest.mark.parametrize(
    ("path", "case", "rule"),
    [
        ("pytest/junit-xunit2.xml", "test_quota_is_available", "http-429-rate-limit"),
        ("pytest/junit-xunit2.xml", "test_admin_can_list_users", "http-403"),
        ("pytest/junit-xunit2.xml", "test_status_code_of_admin", "http-403"),
        ("pytest/junit-xunit2.xml", "test_price_feed_without_subprotocol", "websocket-negotiation"),
        ("pytest/junit-xunit2.xml", "test_stock_level", "connection-refused-at"),
        ("pytest/junit-xunit2.xml", "test_add_null_status", "db-not-null"),
        ("pytest/junit-xunit2.xml", "test_missing_fixture", "pytest-fixture-missing"),
        ("pytest/junit-xunit2.xml", "test_total_with_discount", "assertion-python"),
        ("playwright/junit.xml", "quota is available @smoke", "http-429-rate-limit"),
        ("playwright/junit.xml", "admin › lists users", "http-403"),
        ("playwright/junit.xml", "orders › hangs", "test-timeout-playwright"),
        ("vitest/junit.xml", "pricing > rejects", "javascript-undefined"),
        ("jest/junit.xml", "pricing hangs", "test-timeout-javascript"),
    ],
)
def test_recorded_failures_are_named_right(path: str, case: str, rule: str) -> None:
    run = collect(Source(path, lambda: (FRESH / path).open("rb")))
    failures = [f for c in run.cases if c.name == case for f in c.failures]
    assert failures
    for failure in failures:
        text = failure.message
        if not text.startswith(failure.type):
            text = f"{failure.type}: {text}"
        match = ENGINE.match(text, failure.type)
        assert match is not None
        assert match.rule.id == rule


def test_no_title_in_a_list_shows_what_only_a_failure_fills_in(engine: Engine) -> None:
    titles = [rule.general_title for rule in engine.rules]
    assert not [title for title in titles if "{" in title]
    assert any("…" in title for title in titles)
    assert all(rule.general_title == rule.title for rule in engine.rules if "{" not in rule.title)
