"""Grouping beside the truth: LogHub's annotated logs (where they lie beside the project), long reports, codes that differ."""

from __future__ import annotations

import csv
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import islice
from math import comb
from pathlib import Path

import inputs
from measure import Row, rates, skipped, timed

from triage.signature import group, normalize
from triage.signature.holes import canonical
from triage.signature.normalize import _normalizer

_Grouping = Callable[[Sequence[str]], Sequence[int]]


def loghub(data: Path) -> Iterator[Row]:
    """Grouping accuracy (a line counts if its group is exactly the true one) and F1 of pairs, means over the data sets,
    without any setting, beside the other methods on the same lines."""
    if not data.is_dir():
        yield skipped("grouping accuracy", "LogHub", "other methods", "the data are not beside the project")
        return
    sets = [_annotated(path) for path in sorted(data.glob("*/*_structured.csv"))]
    about = f"{len(sets)} data sets of LogHub, 2,000 lines each"
    ours = _scores(group, sets)
    for name, method in _peers():
        theirs = _scores(method, sets)
        for what, mine, peer in zip(
            ("grouping accuracy of 100", "pairwise F1 of 100"), ours, theirs, strict=True
        ):
            yield Row(what, about, "", 100 * mine, name, 100 * peer, peer / mine)
    if not find_spec("drain3"):
        yield skipped("grouping accuracy", about, "drain3", "not installed; it is no dependency of triage")


def reports() -> Iterator[Row]:
    """20,000 reports of 362 causes, each with a dump, a diff and a trace around its headline: how well the groups agree
    with the causes (adjusted Rand index), and how fast they are found."""
    told = list(inputs.reports(20_000, 362))
    texts, truth = [text for text, _ in told], [cause for _, cause in told]
    size = sum(map(len, texts)) / 1e6
    index = _rand(truth, group(texts))
    about = f"20,000 reports of 362 causes, {size:.0f} MB"
    exact = _rand(truth, _exact(texts))
    yield Row(
        "long reports, Rand index of 100",
        about,
        "",
        100 * index,
        "mask and compare",
        100 * exact,
        exact / index,
    )
    whole = timed(lambda: [normalize(text) for text in texts])
    yield rates(
        "long reports", about, "MB/s", size, timed(lambda: group(texts)), "masking their beginnings", whole
    )


def codes() -> Iterator[Row]:
    """Messages alike but for a code: how many pairs stay apart."""
    pairs = list(inputs.code_pairs())
    apart = sum(len(set(group(pair))) == 2 for pair in pairs)
    theirs = sum(len(set(_exact(pair))) == 2 for pair in pairs)
    yield Row(
        "codes kept apart", f"{len(pairs)} pairs", "pairs", apart, "mask and compare", theirs, theirs / apart
    )


def speed() -> Iterator[Row]:
    """100,000 messages that were never seen before to groups, beside Drain3 with its masking."""
    if not find_spec("drain3"):
        yield skipped("group", "100,000 messages", "drain3", "not installed; it is no dependency of triage")
        return
    for what, made in (("", inputs.sentences()), (" of six kinds", inputs.messages(100_000))):
        texts = list(islice(made, 100_000))
        about = f"100,000 messages{what} of {sum(map(len, texts)) / len(texts):.0f} characters"
        ours, peer = timed(partial(_group_anew, texts)), timed(partial(_drain, texts), 1)
        yield rates("group", about, "texts/s", len(texts), ours, "drain3 with masking", peer)


def _group_anew(texts: list[str]) -> list[int]:
    """Groups, in a process that knows no word yet."""
    _normalizer.cache_clear()
    return group(texts)


def _annotated(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["Content"] for row in rows], [row["EventId"] for row in rows]


def _scores(method: _Grouping, sets: Sequence[tuple[list[str], list[str]]]) -> tuple[float, float]:
    found = [(truth, method(texts)) for texts, truth in sets]
    accuracy = sum(_accuracy(truth, groups) for truth, groups in found) / len(found)
    return accuracy, sum(_pairs_f1(truth, groups) for truth, groups in found) / len(found)


def _accuracy(truth: Sequence[object], found: Sequence[object]) -> float:
    right = set(_members(truth))
    return sum(len(lines) for lines in _members(found) if lines in right) / len(truth)


def _members(labels: Sequence[object]) -> Iterator[tuple[int, ...]]:
    lines: defaultdict[object, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        lines[label].append(number)
    return map(tuple, lines.values())


def _pairs(labels: Sequence[object]) -> int:
    return sum(comb(count, 2) for count in Counter(labels).values())


def _pairs_f1(truth: Sequence[object], found: Sequence[object]) -> float:
    return 2 * _pairs(list(zip(truth, found, strict=True))) / (_pairs(truth) + _pairs(found))


def _rand(truth: Sequence[object], found: Sequence[object]) -> float:
    """The adjusted Rand index (Hubert and Arabie, 1985)."""
    a, b = _pairs(truth), _pairs(found)
    by_chance = a * b / comb(len(truth), 2)
    return (_pairs(list(zip(truth, found, strict=True))) - by_chance) / ((a + b) / 2 - by_chance)


def _peers() -> Iterator[tuple[str, _Grouping]]:
    yield "mask and compare", _exact
    yield "triage, words alone as in a database", _by_words
    if find_spec("drain3"):
        yield "drain3 with masking", _drain


def _exact(texts: Sequence[str]) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(normalize(text), len(numbers)) for text in texts]


def _by_words(texts: Sequence[str]) -> list[int]:
    """As a database places them, without rules: by nothing but its own words, so that no id depends on others."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(canonical(normalize(text)), len(numbers)) for text in texts]


def _drain(texts: Sequence[str]) -> list[int]:
    """Drain3 with its defaults, and masks for addresses, hexadecimal and other numbers as its documentation shows them."""
    from drain3 import TemplateMiner  # type: ignore[import-untyped, unused-ignore]
    from drain3.masking import MaskingInstruction  # type: ignore[import-untyped, unused-ignore]
    from drain3.template_miner_config import TemplateMinerConfig  # type: ignore[import-untyped, unused-ignore]

    logging.getLogger("drain3").setLevel(logging.ERROR)
    bounds = r"((?<=[^A-Za-z0-9])|^)(%s)((?=[^A-Za-z0-9])|$)"
    config = TemplateMinerConfig()
    config.masking_instructions = [
        MaskingInstruction(bounds % pattern, name)
        for pattern, name in (
            (r"([0-9a-f]{2,}:){3,}([0-9a-f]{2,})", "ID"),
            (r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", "IP"),
            (r"0x[a-f0-9A-F]+", "HEX"),
            (r"[\-\+]?\d+", "NUM"),
        )
    ]
    miner = TemplateMiner(config=config)
    return [miner.add_log_message(text)["cluster_id"] for text in texts]
