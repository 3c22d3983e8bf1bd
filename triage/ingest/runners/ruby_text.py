"""What the texts of Ruby's test runners have in common: frames, and the exception above its message."""

from __future__ import annotations

import re

FRAME = re.compile(r"^\s*(?:# |from )?(?P<file>[^\s:#]+\.\w{1,8}):(?P<line>\d{1,9})(?::in [`'].*|:in .*)?$")
_LIBRARY = re.compile(
    r"/gems/|/rubygems/|/lib/ruby/|/minitest-|^<internal:|/rspec-\w+|/vendor/bundle/|/usr/share/"
)
TYPE = re.compile(r"^(?P<type>[A-Z]\w*(?:::[A-Z]\w*)*)(?P<colon>:)?\s*(?P<rest>.*)$")


def ruby_location(trace: str) -> tuple[str | None, int | None]:
    """File and line of the innermost frame of the project's own code, else of any; Ruby lists it first."""
    found: tuple[str, int] | None = None
    for line in trace.split("\n"):
        if match := FRAME.match(line[:1000]):
            frame = match["file"], int(match["line"])
            if not _LIBRARY.search(frame[0]):
                return frame
            found = found or frame
    return found or (None, None)
