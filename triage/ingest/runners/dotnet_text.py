"""What NUnit, xUnit.net, MSTest and the Visual Studio test platform write in common."""

from __future__ import annotations

import re

from triage.ingest.parts import exception_type, location
from triage.ingest.xml_tree import Node
from triage.model import Failure

# ``System.Exception : text`` (NUnit, xUnit.net); the platform itself writes it without the first space.
_TYPE = re.compile(
    r"^(?:(?:SetUp|TearDown|OneTimeSetUp|OneTimeTearDown) ?: )?(?P<type>(?:[A-Za-z_][\w+`]*\.)+[A-Za-z_][\w+`]*)(?: :|:) "
)


def split_name(full: str) -> tuple[str, str]:
    """A full test name as (class, method with its arguments): the last dot outside of brackets and quotes parts them.

    >>> split_name('Shop.Orders("a.b").Pays(1.5,"x(y")')
    ('Shop.Orders("a.b")', 'Pays(1.5,"x(y")')
    """
    depth, quoted, cut = 0, False, -1
    for index, char in enumerate(full):
        if char == '"' and full[index - 1 : index] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "(<[":
            depth += 1
        elif char in ")>]":
            depth = max(0, depth - 1)
        elif char == "." and not depth:
            cut = index
        elif char == " " and not depth:
            break
    return (full[:cut], full[cut + 1 :]) if 0 < cut < len(full) - 1 else ("", full)


def dotnet_type(message: str) -> str:
    """The exception class that a message of these runners begins with, or ``""``."""
    first, _, rest = message.partition("\n")
    # "Test method X threw exception:", in the language of the machine; the exception is on the next line.
    if first.rstrip().endswith(":") and (match := _TYPE.match(rest.lstrip())):
        return match["type"]
    match = _TYPE.match(message)
    return match["type"] if match else exception_type(message)


def dotnet_failure(
    message: Node | None, stack: Node | None, *, type: str = "", kind: str = "failure", line: int = 0
) -> Failure:
    """A failure from the elements that hold its message and its stack."""
    said = message.text.strip() if message else ""
    trace = stack.text.strip("\r\n").rstrip() if stack else ""
    begins = stack if stack is not None and trace else message
    file, at = location(trace)
    return Failure(
        message=said or trace.partition("\n")[0].strip(),
        type=type or dotnet_type(said),
        kind=kind,
        trace=trace,
        file=file,
        line=at,
        source_line=begins.text_line if begins is not None else line or None,
    )
