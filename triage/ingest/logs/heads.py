"""First lines of failures that do not say what was wrong, and how the lines below do."""

from __future__ import annotations

import re

RUST_PANIC = re.compile(r".*\bpanicked at \S+:\d+:\d+:$")
"""Of Rust since 1.73: why stands in the line below."""
COLOR_EYRE = "The application panicked (crashed)."
"""How color-eyre tells a panic of Rust."""
SAYS = re.compile(r"Message: +(?P<said>\S.*)$")
"""Why, in the line below that."""
PHP_CLASS = re.compile(r"(?:[A-Z]\w*\\)+[A-Z]\w*(?:Error|Exception):$")
"""The class of an exception as Symfony writes it down: what it says stands below, at the same margin."""
BARE_CAUSE = re.compile(
    r"\s*(?:Caused by: (?:[\w$]+\.)*[\w$]+|(?:Exception in thread \".{0,80}\" )?(?:[\w$]+\.)+[\w$]*(?:Error|Exception))\s*$"
)
"""An exception of the JVM in a chain that says nothing: why stands in the next one."""
SPEAKING_CAUSE = re.compile(r"\s*Caused by: (?:[\w$]+\.)*[\w$]+: \S")
WHAT = re.compile(r"\s+what\(\):\s+(?P<said>\S.*)$")
"""What an exception of C++ that nothing caught has to say, in the line below."""
