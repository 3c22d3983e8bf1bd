"""Pages in Markdown that are no report: a log that they quote is read, prose is none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.conftest import ROOT
from triage.ingest import IngestError, Source, read
from triage.model import Failure

_ISSUE = """### Describe the bug

The error occurs when I call `shop.total()`, see [the guide](https://shop.test). It **fails** every time.

```python
raise ValueError("not this one")
```

Output:

```
Traceback (most recent call last):
  File "/srv/demo/shop.py", line 3, in total
    price()
ValueError: price is negative
```

ERROR handling is another matter: no failure was ever told.
"""


def _failures(name: str, data: bytes) -> list[Failure]:
    return [item for item in read(Source(name, lambda: io.BytesIO(data)))[1] if isinstance(item, Failure)]


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_what_a_page_quotes_is_read(fence: str) -> None:
    [told] = _failures("issue.md", _ISSUE.replace("```", fence).encode())
    assert (told.message, told.source_line) == ("ValueError: price is negative", 12)


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/architecture.md", "docs/formats.md"])
def test_a_page_of_prose_is_refused(page: str) -> None:
    with pytest.raises(IngestError, match=f"{Path(page).name}: a page in Markdown without a report"):
        _failures(Path(page).name, (ROOT / page).read_bytes())


def test_a_log_with_a_summary_in_markdown_is_a_log() -> None:
    log = "# Build\n\n2026-03-04T06:00:00Z ERROR: the kiln is cold\n\n| `job` | **state** |\n| --- | --- |\n| kiln | cold |\n"
    assert [told.message for told in _failures("build.log", log.encode())] == ["the kiln is cold"]
