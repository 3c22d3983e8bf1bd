"""Pages in Markdown that are no report: an issue, a guide, a note. Their blocks of code may quote a log; prose is none."""

from __future__ import annotations

import io
import re

from triage.ingest.reader import Sample, Source

_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<language>[^`\n]*)$")
_QUOTED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_MARKS = (
    re.compile(r"^ {0,3}(?:`{3}|~{3})", re.MULTILINE),
    re.compile(r"\[[^\]\n]+\]\([^)\s]+\)"),
    re.compile(r"(?<!\*)\*\*[^*\n]+\*\*(?!\*)"),
    re.compile(r"(?<!`)`[^`\n]+`(?!`)"),
    re.compile(r"^\|.*\|\s*$", re.MULTILINE),
    re.compile(r"^ {0,3}[*-] [^\s=*-]", re.MULTILINE),
)
"""What a page has: a log may have one of them."""
_LOGGED = re.compile(
    r"^(?:\[?\d{2,4}[-/:.]\d\d|\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)(?:\]|:? )|\s+at \S+ ?\(|E   |Traceback \(most|--- (?:PASS|FAIL)"
    r"|(?:not )?ok \d|##\[|::(?:error|warning|group))",
    re.MULTILINE,
)
_SOURCE_CODE = re.compile(
    r"python|py|javascript|typescript|[jt]sx?|java|kotlin|go|rust|rs|c|cpp|csharp|cs|ruby|rb|php|ya?ml|json|toml|ini|sql|html|css"
    r"|xml|diff|patch|dockerfile|makefile|hcl|groovy|swift|scala|mermaid"
)
"""Languages of blocks that show what somebody wrote, not what a program said."""


def is_page(sample: Sample) -> bool:
    """Whether the text is such a page: headings, two more marks of Markdown, and no line of a log outside of its blocks."""
    outside = _QUOTED.sub("", sample.text)
    return (
        _HEADING.search(outside) is not None
        and sum(mark.search(sample.text) is not None for mark in _MARKS) > 1
        and _LOGGED.search(outside) is None
    )


def quoted(source: Source) -> Source:
    """What programs said in the blocks of a page; every other line is empty, so that line numbers stay."""
    kept: list[str] = []
    fence = ""
    says = False
    for line in source.lines():
        found = _FENCE.match(line)
        if found and not fence:
            fence, says = found["fence"], not _SOURCE_CODE.fullmatch(found["language"].strip().lower())
        elif found and found["fence"].startswith(fence) and not found["language"].strip():
            fence = ""
        elif fence and says:
            kept.append(line)
            continue
        kept.append("")
    data = "\n".join(kept).encode("utf-8", "surrogatepass")
    return Source(source.name, lambda: io.BytesIO(data))
