"""XML that is not well-formed because its writer forgot to escape, or because tests print into it."""

from __future__ import annotations

import re
from collections import Counter

_REFERENCE = rb"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
_NAME = rb"[A-Za-z_:][\w:.-]*+"
_VALUE = rb"(?>(?:[^%s]++|%s(?!\s*+/?>|\s++" + _NAME + rb"\s*+=)){0,60})"
"""What is in quotes, and quotes in it: one that ends it stands before another attribute or the end of the tag."""
_ATTRIBUTE = (
    rb"(\s++" + _NAME + rb"\s*+=\s*+)"
    rb"(?:\"(" + _VALUE.replace(b"%s", b'"') + rb")\"|'(" + _VALUE.replace(b"%s", b"'") + rb")')"
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_MARKUP = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<(?P<bare>"
    + _NAME
    + rb")\s*+>|<!?/?"
    + _NAME
    + rb"\s*+/?>"
    rb"|(?P<tag><" + _NAME + rb"(?>(?:" + _ATTRIBUTE + rb")+)\s*+/?>)"
    rb"|" + _REFERENCE + rb"|(?P<lone>[<&]|\]\]>)",
    re.DOTALL,
)
"""Markup, as far as it can be told from characters that should have been escaped; or one of these."""
_OPENED = re.compile(rb"<(" + _NAME + rb")")
_CLOSED = re.compile(rb"</(" + _NAME + rb")\s*+>")
_TORN = re.compile(
    rb"<(testsuites|testExecutions)(?>(?:\s++" + _NAME + rb"\s*+=\s*+\"[^\"<>]*+\")*)"
    rb"(?!\s*+/?>|\s++" + _NAME + rb"\s*+=)"
)
"""A root that Catch2 leaves open until its first child: what the tests print stands in the tag."""
_ELEMENTS = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|<(?P<end>/?)(?P<name>" + _NAME + rb")(?>(?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*)(?P<empty>/?)>",
    re.DOTALL,
)
_OUTCOMES = (b"failure", b"error", b"skipped")
"""What a tag that does not fit may have been meant to end: it says how a test ended, and is no slip."""
_RED = (b"failure", b"error")
_TOLD = {
    *_OUTCOMES,
    b"rerunFailure",
    b"rerunError",
    b"flakyFailure",
    b"flakyError",
    b"system-out",
    b"system-err",
}
"""What stands in a case of JUnit and holds only text."""
_LONE = re.compile(_REFERENCE + rb"|([<&\"'])")
_ESCAPED = {b"<": b"&lt;", b"&": b"&amp;", b'"': b"&quot;", b"'": b"&apos;", b"]]>": b"]]&gt;"}


def mended(text: bytes) -> bytes:
    """``text`` with a reference for each ``<``, ``&`` and quote that is no markup, as hand-made writers forget it, and
    for the end of a CDATA section where none is (Node's reporter leaves ``>`` as it is).

    In a document that comes to its end a tag without attributes that stands behind words and that nothing closes
    is none: tests print ``vector<int>``. So is a tag that ends what did not begin. What only holds text in a case of
    JUnit ends where the case ends, or where a tag with another name of its kind ends it.
    """
    root = _OPENED.search(text)
    name = root[1] if root else b""
    if root and (torn := _TORN.match(text, root.start())):
        text, name = text[: torn.end()] + b">" + text[torn.end() :], torn[1]
    closed = {match[1] for match in _CLOSED.finditer(text)}
    is_whole = name in closed

    def lone(match: re.Match[bytes]) -> bytes:
        return _ESCAPED[match[1]] if match[1] else match[0]

    def attribute(match: re.Match[bytes]) -> bytes:
        said = match[2] or match[3] or b""
        escaped = _LONE.sub(lone, said)
        return match[0] if escaped == said else b'%s"%s"' % (match[1], escaped)

    def markup(match: re.Match[bytes]) -> bytes:
        if match["lone"]:
            return _ESCAPED[match["lone"]]
        if match["bare"] and is_whole and match["bare"] not in closed:
            before = match.string[max(0, match.start() - 80) : match.start()].rstrip(b" \t")
            return match[0] if before.endswith((b">", b"\n", b"\r")) else b"&lt;" + match[0][1:]
        return _ATTRIBUTES.sub(attribute, match[0]) if match["tag"] else match[0]

    return _without_strays(_MARKUP.sub(markup, text))


def _may_end(name: bytes, open_: bytes) -> bool:
    """Whether a tag that ends ``name`` was meant for what is open: not, where it alone says that the test failed."""
    if open_ not in _TOLD:
        return False
    said_red = name in _RED and open_ not in _RED
    return (name in _TOLD and not said_red) or name.lower() == open_.lower()


def _without_strays(text: bytes) -> bytes:
    """``text`` without the tags that end an element which is not open."""
    open_: list[bytes] = []
    known: Counter[bytes] = Counter()

    def kept(match: re.Match[bytes]) -> bytes:
        name = match["name"]
        if name is None or match["empty"]:
            return match[0]
        if not match["end"]:
            if name in _OUTCOMES and open_ and open_[-1].startswith(b"system-"):
                return b"&lt;" + match[0][1:]  # a test printed it
            open_.append(name)
            known[name] += 1
        elif known[name]:
            ended = b""
            if name not in _TOLD and open_[-1] in _TOLD and open_[-2:] == [name, open_[-1]]:
                ended = b"</%s>" % open_[-1]
            last = b""
            while last != name:
                known[last := open_.pop()] -= 1
            return ended + match[0]
        elif open_ and _may_end(name, open_[-1]):
            known[last := open_.pop()] -= 1
            return b"</%s>" % last
        elif open_ and name not in _OUTCOMES:
            return b"\n" * match[0].count(b"\n")
        return match[0]

    return _ELEMENTS.sub(kept, text)
