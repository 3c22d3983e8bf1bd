"""The examples inside the rules, run against the whole library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from triage.rules.engine import Engine
from triage.rules.model import Rule, RuleError, Where, leaves


@dataclass(frozen=True, slots=True)
class Example:
    """A text of a rule, and whether what the rule says of it holds."""

    rule: Rule
    text: str
    reason: str
    """Why it does not hold; empty if it does."""


def run_examples(engine: Engine) -> Iterator[Example]:
    """Every example that its rule does not match and win, and every near miss that it does match."""
    return (example for example in examples(engine) if example.reason)


def examples(engine: Engine) -> Iterator[Example]:
    """All examples and near misses, tried where the rule wants to be: they are about words."""
    for rule in engine.rules:
        where = presumed(rule)
        for text in rule.matching:
            matches = engine.matches(text, example_type(text), where)
            if all(match.rule is not rule for match in matches):
                yield Example(rule, text, "must match, and does not")
            elif matches[0].rule is not rule:
                winner = matches[0].rule
                yield Example(rule, text, f"is won by {winner.id} (priority {winner.priority})")
            else:
                yield Example(rule, text, "")
        for text in rule.not_matching:
            matches = engine.matches(text, example_type(text), where)
            wrong = any(match.rule is rule for match in matches)
            yield Example(rule, text, "must not match, and does" if wrong else "")


def example_type(text: str) -> str:
    """The exception class that an example starts with, as a failure of that text would have it."""
    from triage.ingest.parts import exception_type

    return exception_type(text)


def presumed(rule: Rule) -> Where:
    """A place that fits the first test, file, runner ... that ``rule`` asks for."""
    asked: dict[str, list[str]] = {}
    for condition, excludes in leaves(rule):
        if not excludes:
            asked.setdefault(condition.kind, []).append(condition.value.replace("*", "").replace("?", "x"))
    one = {kind: values[0] for kind, values in asked.items()}
    frames = [f'  File "{value}", line 1, in {value}' for value in asked.get("frame", ())]
    return Where(
        test=one.get("test", ""),
        paths=tuple(asked.get("path", ())),
        runner=one.get("runner", ""),
        source=one.get("source", ""),
        trace="\n".join(frames),
        tags=tuple(asked.get("tag", ())),
    )


def junit(found: Iterable[Example], errors: Iterable[RuleError]) -> str:
    """The outcome as JUnit XML: a suite a file, a case an example, an error a rule that could not be read."""
    root = ElementTree.Element("testsuites", name="triage rules")
    suites: dict[str, ElementTree.Element] = {}

    def case(file: str, suite: str, name: str) -> ElementTree.Element:
        if file not in suites:
            suites[file] = ElementTree.SubElement(
                root, "testsuite", name=file, tests="0", failures="0", errors="0"
            )
        _count(suites[file], "tests")
        return ElementTree.SubElement(suites[file], "testcase", classname=suite, name=_xml(name), file=file)

    for error in errors:
        failed = case(error.file, "rules", f"line {error.line}")
        _count(suites[error.file], "errors")
        ElementTree.SubElement(failed, "error", message=_xml(error.text)).text = _xml(
            f"{error}\n{error.shown}"
        )
    for example in found:
        rule = example.rule
        made = case(rule.file, _xml(rule.id), " ".join(example.text.split())[:200])
        if example.reason:
            _count(suites[rule.file], "failures")
            told = f"{rule.file}:{rule.line}: {rule.id}: {example.reason}: {example.text!r}"
            ElementTree.SubElement(made, "failure", message=_xml(example.reason)).text = _xml(told)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _count(suite: ElementTree.Element, outcome: str) -> None:
    suite.set(outcome, str(int(suite.get(outcome, "0")) + 1))


def _xml(text: str) -> str:
    """``text`` without the characters that XML has no way to write."""
    return "".join(
        c if c in "\t\n" or (" " <= c < "\ufffe" and not "\ud800" <= c <= "\udfff") or c > "\uffff" else "�"
        for c in text
    )
