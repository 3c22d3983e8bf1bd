"""The rules: loading them beside plain YAML, matching them beside a loop of ``re``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import chain, cycle, islice

import inputs
import yaml
from measure import Row, rates, timed, times

from triage.rules import Engine, Rule, library, load

_TEXTS, _PEER_TEXTS = 10_000, 1_000


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


def _texts(rules: tuple[Rule, ...]) -> Iterator[str]:
    examples = cycle([example for rule in rules for example in rule.matching])
    return islice(chain.from_iterable(zip(inputs.messages(_TEXTS), examples, strict=False)), _TEXTS)


def _compiled(rules: tuple[Rule, ...]) -> Iterator[re.Pattern[str]]:
    """Each pattern of the rules once, if ``re`` takes it as well as google-re2 does."""
    conditions = {c for rule in rules for c in (*rule.any, *rule.all, *rule.none) if c.kind == "pattern"}
    for value in sorted({c.value for c in conditions}):
        with contextlib.suppress(re.error):
            yield re.compile(value)
