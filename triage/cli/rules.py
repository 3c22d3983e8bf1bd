"""``triage rules``: check, test, match, list, show, packs; ``explain`` and ``new`` have modules of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from triage.analysis.impact import count
from triage.cli.output import complain, complain_of_rules, json_option, print_json, say, show_place, table
from triage.cli.rules_explain import explain
from triage.cli.rules_new import new
from triage.export.files import write_document
from triage.ingest.parts import exception_type
from triage.model import TriageError
from triage.rules import CATEGORIES, Engine, Rule, RuleError, load, load_all, load_engine
from triage.rules.compiled import Compiled
from triage.rules.load import Loaded, load_file
from triage.rules.model import leaves, nearest

_PATHS = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))


@click.group()
def rules() -> None:
    """Check, test and explain the rules."""


rules.add_command(explain)
rules.add_command(new)


def _loaded(paths: tuple[Path, ...]) -> Loaded:
    if not paths:
        return load_all()
    found = [load_file(path) if path.is_file() else load([path]) for path in paths]
    return Loaded(
        tuple(rule for part in found for rule in part.rules),
        tuple(error for part in found for error in part.errors),
    )


def _complain_in_full(errors: Iterable[RuleError]) -> None:
    for error in errors:
        complain(error)
        show_place(error)


@rules.command()
@_PATHS
@json_option
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Lint rule files (default: the library, yours and the project's). Exit code 1 when one is wrong."""
    loaded = _loaded(paths)
    Compiled(loaded.rules)  # all of them must fit together
    if as_json:
        print_json({"rules": len(loaded.rules), "errors": [str(error) for error in loaded.errors]})
    else:
        _complain_in_full(loaded.errors)
        say(f"{count(len(loaded.rules), 'rule')}, {count(len(loaded.errors), 'error')}")
    sys.exit(1 if loaded.errors else 0)


@rules.command()
@_PATHS
@click.option(
    "--junit",
    "report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write JUnit XML too.",
)
@json_option
def test(paths: tuple[Path, ...], report: Path | None, as_json: bool) -> None:
    """Run the examples inside the rules. Exit code 1 when one does not hold."""
    from triage.rules.check import examples, junit

    loaded = _loaded(paths)
    found = list(examples(Engine(loaded.rules)))
    failed = [example for example in found if example.reason]
    if report is not None:
        write_document(report, junit(found, loaded.errors))
    if as_json:
        told = [
            {"rule": f.rule.id, "file": f.rule.file, "line": f.rule.line, "text": f.text, "reason": f.reason}
            for f in failed
        ]
        errors = [str(error) for error in loaded.errors]
        print_json({"rules": len(loaded.rules), "examples": len(found), "failed": told, "errors": errors})
    else:
        _complain_in_full(loaded.errors)
        for one in failed:
            complain(f"{one.rule.file}:{one.rule.line}: {one.rule.id}: {one.reason}: {one.text!r}")
        say(f"{count(len(loaded.rules), 'rule')}, {count(len(found), 'example')}, {len(failed)} failed")
    sys.exit(1 if failed or loaded.errors else 0)


@rules.command()
@click.argument("file")
@json_option
def match(file: str, as_json: bool) -> None:
    """The rule of each line of FILE."""
    from triage.cli.read import one_source

    engine, errors = load_engine()
    complain_of_rules(errors)
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


@rules.command("list")
@click.argument("words", nargs=-1)
@json_option
def list_(words: tuple[str, ...], as_json: bool) -> None:
    """The rules there are, or those that have all of WORDS in id, family, category or title."""
    loaded = load_all()
    complain_of_rules(loaded.errors)
    found = [
        rule
        for rule in sorted(loaded.rules, key=lambda rule: (rule.family, rule.id))
        if all(
            word.lower() in f"{rule.id} {rule.family} {rule.category} {rule.title}".lower() for word in words
        )
    ]
    if as_json:
        print_json({"rules": [_document(rule) for rule in found]})
        return
    table(
        ("rule", "family", "category", "priority", "title"),
        [
            (rule.id, rule.family, CATEGORIES[rule.category], rule.priority, rule.general_title)
            for rule in found
        ],
        stretch="title",
    )
    say(count(len(found), "rule"))


@rules.command()
@click.argument("rule")
@json_option
def show(rule: str, as_json: bool) -> None:
    """One rule in full, by its id."""
    loaded = load_all()
    found = next((known for known in loaded.rules if known.id == rule), None)
    if found is None:
        meant = nearest(rule, [known.id for known in loaded.rules])
        raise TriageError(
            f"{rule}: no rule has this id; {meant if meant.startswith('did') else 'see: triage rules list'}"
        )
    if as_json:
        print_json(_document(found))
        return
    say(f"{found.id}  {found.title}")
    say(
        f"{CATEGORIES[found.category]}, family {found.family}, priority {found.priority}, {found.file}:{found.line}"
    )
    table(
        ("", "kind", "looks for"),
        [("not" if excludes else "", c.kind, c.value) for c, excludes in leaves(found)],
        stretch="looks for",
    )
    for title, lines in (
        ("captures", found.capturing), ("likely causes", found.causes), ("check first", found.checks), ("questions", found.questions),
        ("links", found.links), ("matches", found.matching), ("does not match", found.not_matching),
    ):  # fmt: skip
        if lines:
            say(title)
            for line in lines:
                say("  " + line.replace("\n", "\n    "))


@rules.command()
@json_option
def packs(as_json: bool) -> None:
    """Where rules come from, the weakest first: the library, packs, your own, the project's."""
    from triage.rules.packs import packs as all_packs
    from triage.rules.packs import read_config

    config = read_config()
    found, errors = all_packs(config)
    complain_of_rules(errors)
    counts = [len(load([pack.directory]).rules) for pack in found]
    if as_json:
        document = [
            {"name": pack.name, "version": pack.version, "directory": str(pack.directory), "rules": rules_}
            for pack, rules_ in zip(found, counts, strict=True)
        ]
        print_json({"packs": document, "off": list(config.off)})
        return
    table(
        ("pack", "version", "rules", "directory"),
        [(pack.name, pack.version, n, pack.directory) for pack, n in zip(found, counts, strict=True)],
        stretch="directory",
    )
    if config.off:
        say(f"switched off: {', '.join(config.off)}")


def _document(rule: Rule) -> dict[str, object]:
    conditions = [
        {"kind": c.kind, "value": c.value, "threshold": c.threshold, "excludes": excludes}
        for c, excludes in leaves(rule)
    ]
    return {
        "id": rule.id, "title": rule.title, "category": rule.category, "family": rule.family,
        "priority": rule.priority, "merge": rule.merge, "split_by": rule.split_by, "conditions": conditions,
        "captures": rule.capturing,
        "causes": rule.causes, "checks": rule.checks, "questions": rule.questions, "links": rule.links,
        "examples": {"match": rule.matching, "no_match": rule.not_matching}, "file": rule.file, "line": rule.line,
    }  # fmt: skip
