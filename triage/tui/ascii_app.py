"""An application that can do with ASCII, and when it has to."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import Binding
    from textual.filter import LineFilter


def wanted(encoding: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal of ``encoding`` has no Unicode, or ``LC_ALL`` says so (Python writes UTF-8 in the locale ``C``).

    >>> wanted("utf8", {}), wanted("iso8859-15", {}), wanted("utf-8", {"LC_ALL": "POSIX"})
    (False, True, True)
    """
    return codecs.lookup(encoding).name != "utf-8" or environment.get("LC_ALL") in ("C", "POSIX")


def of_terminal() -> str:
    """The encoding in which the screen is written."""
    return getattr(sys.__stderr__, "encoding", None) or "utf-8"


class AsciiApp(App[None]):
    """An application that can do with ASCII."""

    _ascii: LineFilter | None = None

    def use_ascii(self, asked: bool) -> None:
        """Draw ASCII alone, if that is ``asked`` for, or if the terminal has nothing else; a browser always has."""
        encoding = of_terminal()
        if asked or (wanted(encoding) and "TEXTUAL_DRIVER" not in os.environ):
            from triage.tui.ascii import Ascii

            self._ascii = Ascii("ascii" if os.environ.get("LC_ALL") in ("C", "POSIX") else encoding)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if self._ascii is None else [*filters, self._ascii]

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return shown if self._ascii is None or shown.isascii() else binding.key
