"""Documents: postmortems of clusters and investigations as Markdown, HTML and JSON."""

from triage.export.documents import FORMATS, render
from triage.export.report import Report, gather

__all__ = ["FORMATS", "Report", "gather", "render"]
