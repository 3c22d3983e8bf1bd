"""Where an error was raised whose words say what went wrong and nothing of what was done.

``KeyError: 'id'`` in two files is two mistakes; ``no stock of the item`` is one, whoever finds it out.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from triage.ingest.frames import Frame, own_frame

_BY_THE_LANGUAGE = re.compile(
    r"(?:Uncaught |panicked at |panic: |thread .{1,200}? panicked at )?(?:[\w$]{1,80}\.){0,9}"
    r"(?:(?:Attribute|Type|Key|Index|Name|UnboundLocal|ZeroDivision|Recursion|Reference|Range|NoMethod)Error"
    r"|StopIteration|StackOverflowError"
    r"|(?:NullPointer|(?:Array|String)?IndexOutOfBounds|IndexOutOfRange|ClassCast|InvalidCast|NullReference|Arithmetic"
    r"|DivideByZero|KeyNotFound|NoSuchElement|ConcurrentModification|NegativeArraySize)Exception"
    r"|runtime error|index out of bounds|called `(?:Option|Result)::unwrap\(\)`)\b"
)
"""What runtimes raise by themselves, at the begin of a headline."""
_IN_A_TEST = re.compile(
    r"(?i)(?:^|[/\\])(?:tests?|specs?|__tests__|e2e|cypress)[/\\]|(?:^|[/\\])(?:test_|conftest|tests?\.)[^/\\]*$"
    r"|[_.-](?:tests?|specs?|cy|e2e)\.\w+$|(?-i:(?:Tests?|TestCase|Specs?|IT)\.\w+$)"
)


def raised_in(headline: str, trace: str) -> str:
    """Where what ``headline`` tells was raised, as ``own_file``; empty where the words tell more than that."""
    return own_file(trace) if _BY_THE_LANGUAGE.match(headline) else ""


def own_file(trace: str) -> str:
    """The name of the project's file in which the innermost frame of its own code is: what is known of the function differs
    from format to format, and the directory from machine to machine.

    Empty where no such frame is known, and where it is a test's: what tests are told by others is one cause, in however
    many of them.
    """
    frame = own_frame(trace) if trace else None
    return _name(frame) if frame is not None and frame.own and not _IN_A_TEST.search(frame.file) else ""


def frame_named(trace: str) -> str:
    """The innermost frame of the project's own code (a test's too), by its file and function: ``cart.py total``.

    Empty where none is known.
    """
    frame = own_frame(trace)
    return f"{_name(frame)} {frame.function}".rstrip() if frame is not None and frame.own else ""


def _name(frame: Frame) -> str:
    return PurePath(frame.file.replace("\\", "/")).name
