"""The rules: loading them beside plain YAML, matching them beside a loop of ``re``."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain, cycle, islice

import inputs
import yaml
from measure import Row, rates, timed, times

from triage.rules import Engine, Rule, library, load
from triage.rules.model import Condition

_TEXTS, _PEER_TEXTS = 10_000, 1_000
_RULES, _FAILURES = 1_000, 100_000
_FORMS = (
    r"(?i)\b{a} {b}\b[^\n]{{0,40}}\b{c}\b", r"\b{a}{b}Error: (?P<name>\w+) {c} (\d+)", r"\b(?:{a}|{b}) '(?P<what>[^']+)' {c}\b",
    r"(?im)^\s*{a}[ :=]+(?:{b}|{c})\b.*\b(?:failed|timed out|refused)",
)  # fmt: skip


def loading() -> Iterator[Row]:
    """All rules read, checked and compiled, beside the same files through the safe YAML loader."""
    files = sorted(library().glob("*.yaml"))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    count = len(load([library()]).rules)
    ours = timed(lambda: Engine(load([library()]).rules), 5)
    peer = timed(lambda: [yaml.load(file.read_text("utf-8"), loader) for file in files], 5)
    yield times("loading the rules", f"{count} rules", ours, loader.__name__, peer)


def matching() -> Iterator[Row]:
    """10,000 texts (messages and the rules' own examples in turn) to their rules, beside a loop of ``re``.

    The loop searches every pattern that ``re`` takes, and knows no phrases, types or priorities. It has a tenth of
    the texts, of the same mixture.
    """
    rules = load([library()]).rules
    texts = list(_texts(rules))
    some = texts[:_PEER_TEXTS]
    engine = Engine(rules)
    engine.match(texts[0])
    patterns = list(_compiled(rules))
    ours = timed(lambda: [engine.match(text) for text in texts], 1)
    peer = (
        timed(lambda: [[pattern.search(text) for pattern in patterns] for text in some]) * _TEXTS / len(some)
    )
    yield rates(
        "matching the rules",
        f"{_TEXTS:,} texts",
        "texts/s",
        _TEXTS,
        ours,
        f"loop of {len(patterns)} re",
        peer,
    )


def thousand() -> Iterator[Row]:
    """1,000 rules against 100,000 failures, no two of which are equal, beside the library's rules alone.

    The first are a night's failures that differ in ids and numbers, of some hundred kinds, most of which a rule names. Of
    the second not even the words are alike. The third, a tenth as many, are made of words of the rules' own examples, so
    that literals of many rules are in each: no log looks so, it is the worst there is.
    """
    rules = load([library()]).rules
    known, all_ = Engine(rules), Engine((*rules, *_made(_RULES - len(rules), rules)))
    for what, texts in (
        ("that differ in ids", list(islice(inputs.sentences(), _FAILURES))),
        ("that differ in all words", list(inputs.strangers(_FAILURES))),
        ("of words of the rules", list(_mixed(_FAILURES // 10, rules))),
    ):
        ours, peer = (timed(partial(_match, engine, texts), 1) for engine in (all_, known))
        name = f"{_RULES:,} rules, {len(texts):,} failures {what}"
        yield rates(
            name,
            f"{len(set(texts)):,} different",
            "failures/s",
            len(texts),
            ours,
            f"{len(rules)} rules",
            peer,
        )


def _match(engine: Engine, texts: list[str]) -> None:
    for text in texts:
        engine.match(text)


def _made(number: int, rules: tuple[Rule, ...]) -> Iterator[Rule]:
    """Rules over words of the others' examples: of ten, nine with a pattern and one with a phrase."""
    chance = random.Random(7)
    words = sorted(
        {word for rule in rules for text in rule.matching for word in re.findall("[A-Za-z]{4,}", text)}
    )
    for at in range(number):
        a, b, c = chance.sample(words, 3)
        condition = (
            Condition("phrase", f"{a} {b} {c}")
            if at % 10 == 0
            else Condition("pattern", _FORMS[at % len(_FORMS)].format(a=a, b=b, c=c))
        )
        yield Rule(f"made-{at}", f"made {at}", "infra", any=(condition,))


def _mixed(number: int, rules: tuple[Rule, ...]) -> Iterator[str]:
    chance = random.Random(7)
    words = [word for rule in rules for text in rule.matching for word in text.split()]
    return (" ".join(chance.choices(words, k=20)) for _ in range(number))


def _texts(rules: tuple[Rule, ...]) -> Iterator[str]:
    examples = cycle([example for rule in rules for example in rule.matching])
    return islice(chain.from_iterable(zip(inputs.messages(_TEXTS), examples, strict=False)), _TEXTS)


def _compiled(rules: tuple[Rule, ...]) -> Iterator[re.Pattern[str]]:
    """Each pattern of the rules once, if ``re`` takes it as well as google-re2 does."""
    conditions = {c for rule in rules for c in rule.conditions if c.kind == "pattern"}
    for value in sorted({c.value for c in conditions}):
        with contextlib.suppress(re.error):
            yield re.compile(value)
