"""What a rule says of failures: what to check, what it probably is, what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from triage.model import Failure
from triage.rules.model import HOLE, Rule, fill, said

_MACHINE = frozenset(("url", "host", "port"))
_ANYWHERE = _MACHINE | {"table"}
"""What any line may use."""
_LOOKED_AT = 20
"""Different failures of which the one that says most is taken."""
_PASTED = r"(?a:[\w./:][\w./:@%+,=-]{0,300})"
"""What may stand in a command that somebody pastes into a shell: nothing that a shell acts on, and no option."""


class Advice(NamedTuple):
    """Lines of a rule, with what its patterns captured in a failure."""

    checks: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def advice(rule: Rule | None, failures: Iterable[Failure]) -> Advice:
    """What ``rule`` says of its failures; without a rule, or without any, nothing.

    Of the first few, the one counts in which most is captured. A cause or question that needs a capture which is not there is
    left out. A check then has the name of the capture in capitals (``curl -si URL``), and so it has where a shell would act
    on what was captured: the log says what that is, and whoever wrote the log must not write the command.
    """
    texts = list(islice(dict.fromkeys(map(said, failures)), _LOOKED_AT))
    if rule is None or not texts:
        return Advice()
    captures = _captures(rule, texts)
    names = rule.groups | _ANYWHERE
    pasted = {
        name: value if re.fullmatch(_PASTED, value := captures.get(name, "")) else name.upper()
        for name in names
    }
    return Advice(
        checks=tuple(fill(line, pasted) for line in rule.checks),
        causes=tuple(_filled(rule.causes, names, captures)),
        questions=tuple(_filled(rule.questions, names, captures)),
    )


def _captures(rule: Rule, texts: Sequence[str]) -> dict[str, str]:
    from triage.rules.subject import address, table
    from triage.rules.texts import captured

    used = set(HOLE.findall("\n".join((*rule.checks, *rule.causes, *rule.questions))))
    own: dict[str, str] = {}
    if used & rule.groups:
        found = (captured(rule.capturing_patterns, text) for text in texts)
        own = max(found, key=lambda captures: len(used & captures.keys()))
    machine: dict[str, str] = {}
    if used & _MACHINE:
        machine = next(filter(None, map(address, texts)), {})
        if {"host", "port"} & own.keys() and own.get("host") != machine.get("host"):
            machine = {}  # the URL is another one's
    named = next(filter(None, map(table, texts)), {}) if "table" in used else {}
    return {**machine, **named, **own}


def _filled(lines: Iterable[str], names: frozenset[str], captures: dict[str, str]) -> Iterable[str]:
    missing = names - captures.keys()
    return (
        " ".join(fill(line, captures).split()) for line in lines if missing.isdisjoint(HOLE.findall(line))
    )
