"""``triage rules``: check, test, explain, match."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from triage.analysis.impact import count
from triage.cli.output import complain, complain_of_rules, json_option, print_json, say, table
from triage.ingest.parts import exception_type
from triage.rules import Engine, directories, load, load_engine
from triage.rules.load import load_file


@click.group()
def rules() -> None:
    """Check, test and explain the rules."""


def _loaded(paths: tuple[Path, ...]) -> tuple[Engine, list[str]]:
    if not paths:
        loaded = load(directories())
        return Engine(loaded.rules), [str(error) for error in loaded.errors]
    found = [load_file(path) if path.is_file() else load([path]) for path in paths]
    return Engine([rule for part in found for rule in part.rules]), [
        str(e) for part in found for e in part.errors
    ]


def _all_rules() -> Engine:
    engine, errors = load_engine()
    complain_of_rules(errors)
    return engine


@rules.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Lint rule files (default: the library, yours and the project's). Exit code 1 when one is wrong."""
    engine, errors = _loaded(paths)
    if as_json:
        print_json({"rules": len(engine.rules), "errors": errors})
    else:
        for error in errors:
            complain(error)
        say(f"{count(len(engine.rules), 'rule')}, {count(len(errors), 'error')}")
    sys.exit(1 if errors else 0)


@rules.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_option
def test(paths: tuple[Path, ...], as_json: bool) -> None:
    """Run the examples inside the rules. Exit code 1 when one does not hold."""
    from triage.rules.check import run_examples

    engine, errors = _loaded(paths)
    failed = list(run_examples(engine))
    examples = sum(len(rule.matching) + len(rule.not_matching) for rule in engine.rules)
    if as_json:
        found = [
            {"rule": f.rule.id, "file": f.rule.file, "line": f.rule.line, "text": f.text, "reason": f.reason}
            for f in failed
        ]
        print_json({"rules": len(engine.rules), "examples": examples, "failed": found, "errors": errors})
    else:
        for error in errors:
            complain(error)
        for failure in failed:
            complain(
                f"{failure.rule.file}:{failure.rule.line}: {failure.rule.id}: {failure.reason}: {failure.text!r}"
            )
        say(f"{count(len(engine.rules), 'rule')}, {count(examples, 'example')}, {len(failed)} failed")
    sys.exit(1 if failed or errors else 0)


@rules.command()
@click.argument("text")
@click.option("-n", "most", type=click.IntRange(1), default=5, show_default=True, help="Near misses to show.")
@json_option
def explain(text: str, most: int, as_json: bool) -> None:
    """Say which rules match TEXT and why, and which came near."""
    engine = _all_rules()
    type_ = exception_type(text)
    matches = engine.matches(text, type_)
    near = []
    for rule in engine.rules:
        conditions = engine.near(rule, text, type_)
        best = max((n.score for n in conditions if n.condition not in rule.none), default=0.0)
        near.append((best, rule, conditions))
    near.sort(key=lambda entry: (-entry[0], entry[1].id))
    matched = {match.rule.id for match in matches}
    shown = [entry for entry in near if entry[1].id in matched] + [e for e in near if e[1].id not in matched][
        :most
    ]
    document = [
        {
            "rule": rule.id,
            "matches": rule.id in matched,
            "wins": bool(matches) and rule.id == matches[0].rule.id,
            "score": round(score, 1),
            "priority": rule.priority,
            "conditions": [
                {"kind": n.condition.kind, "value": n.condition.value, "hit": n.hit, "score": round(n.score, 1),
                 "threshold": n.condition.threshold, "excludes": n.condition in rule.none}
                for n in conditions
            ],
        }
        for score, rule, conditions in shown
    ]  # fmt: skip
    if as_json:
        print_json({"text": text, "rules": document})
        return
    rows = []
    for (score, rule, conditions), entry in zip(shown, document, strict=True):
        best_condition = max(conditions, key=lambda n: (n.hit, n.score))
        verdict = "wins" if entry["wins"] else "matches" if entry["matches"] else "no"
        rows.append(
            (
                rule.id,
                verdict,
                round(score, 1),
                rule.priority,
                f"{best_condition.condition.kind}: {best_condition.condition.value}",
            )
        )
    if not matches:
        say("no rule matches; the nearest are")
    table(("rule", "match", "score", "priority", "best condition"), rows, stretch="best condition")


@rules.command()
@click.argument("file")
@json_option
def match(file: str, as_json: bool) -> None:
    """The rule of each line of FILE."""
    from triage.cli.read import one_source

    engine = _all_rules()
    texts = list(one_source(file).lines())
    found = [engine.match(text, exception_type(text)) for text in texts]
    if as_json:
        print_json(
            {
                "matches": [
                    None
                    if m is None
                    else {
                        "rule": m.rule.id,
                        "category": m.rule.category,
                        "family": m.rule.family,
                        "score": round(m.score, 1),
                    }
                    for m in found
                ]
            }
        )
    else:
        table(
            ("rule", "text"),
            [("" if m is None else m.rule.id, text) for m, text in zip(found, texts, strict=True)],
            stretch="text",
        )
