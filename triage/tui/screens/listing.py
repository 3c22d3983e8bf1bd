"""A list beside that of the clusters: rows that words narrow, the one under the cursor in full below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input, Static

from triage.analysis.impact import grouped
from triage.tui.widgets.detail import Body
from triage.tui.widgets.filter_input import FilterInput
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

Row = TypeVar("Row")


class ListingScreen(Screen[None], Generic[Row]):
    """Those who inherit say what the rows are, how they look and where enter leads."""

    CSS_PATH = "listing.tcss"
    AUTO_FOCUS = "#rows"
    NOTHING: ClassVar[str]
    """What is said where there is no row at all."""
    OPENS: ClassVar[str]
    """What enter shows."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", id="filter"),
        Binding("escape", "back", "Back", id="back"),
        Binding("q", "dismiss(None)", "Back", show=False, id="quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._at = ""
        """The ``key_of`` the row to which the cursor goes next."""
        self._all: Sequence[Row] = ()
        self._said: Sequence[str] = ()
        self._words = ""
        self._narrowed: Sequence[int] = ()
        self._away = False
        self.is_read = False
        """Whether there were rows to take yet, be it none."""
        self._state: tuple[object, ...] | None = None
        """Of what it shows, when it was asked."""

    def load(self) -> None:
        """Ask for the rows, and ``take`` them."""
        raise NotImplementedError

    def title_of(self, rows: Sequence[Row]) -> str:
        """What the line on top says of all rows."""
        raise NotImplementedError

    def key_of(self, row: Row) -> str:
        """What makes the row known when it is read again."""
        raise NotImplementedError

    def said_of(self, row: Row) -> str:
        """The text in which words are looked for."""
        raise NotImplementedError

    def draw(self, row: Row, width: int) -> Text:
        """The row in the list."""
        raise NotImplementedError

    def told_of(self, row: Row) -> Text:
        """The row in full."""
        raise NotImplementedError

    def open_row(self, row: Row) -> None:
        """What enter does."""
        raise NotImplementedError

    @property
    def triage(self) -> TriageApp:
        return cast("TriageApp", self.app)

    @property
    def rows(self) -> RowList[Row]:
        return self.query_one("#rows", RowList)

    def compose(self) -> ComposeResult:
        yield Static(id="title", classes="bar", markup=False)
        yield FilterInput("words")
        with Container(id="split"):
            yield RowList[Row](lambda row, width, _: self.draw(row, width), id="rows")
            with Body():
                yield Static(id="told")
        yield KeyBar()

    def on_mount(self) -> None:
        if self.children:  # there are none when the program ends while its screen opens
            self.query_one("#title", Static).update("reading ...")
            self._load()

    def _load(self) -> None:
        self._state = self.triage.state
        self.load()

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        if self._away:
            self.look_again()  # another screen may have changed something
        self._away = False

    def look_again(self) -> None:
        """Ask the store anew if something in it was changed."""
        if self.is_mounted and self.triage.state != self._state:
            self._load()

    def seek(self, at: str) -> None:
        """Put the cursor on the row of which ``at`` is the ``key_of``, whatever the filter leaves out."""
        self._at = at
        if at and self._all:
            self.query_one(FilterInput).close()
            self._show(at)

    def said_of_all(self, rows: Iterable[Row]) -> list[str]:
        """``said_of`` each row, as it is compared."""
        return [self.said_of(row).lower() for row in rows]

    def take(self, rows: Sequence[Row], said: Sequence[str] | None = None) -> None:
        """Show these rows, of which somebody may have made ``said_of_all`` already; the cursor stays where it was."""
        self.is_read = True
        current = self.rows.current
        self._all, self._said = rows, self.said_of_all(rows) if said is None else said
        self._words, self._narrowed = "", range(len(rows))
        self._show(self._at or (self.key_of(current) if current is not None else ""))
        self._at = ""

    def _show(self, at: str) -> None:
        typed = self.query_one(FilterInput).value.lower()
        words = typed.split()
        # Who goes on typing looks only among what was left before.
        among = self._narrowed if typed.startswith(self._words) else range(len(self._all))
        if words:
            among = [number for number in among if all(word in self._said[number] for word in words)]
        self._narrowed, self._words = among, typed
        shown = [self._all[number] for number in among] if words else self._all
        self.rows.show(shown, next((number for number, row in enumerate(shown) if self.key_of(row) == at), 0))
        title = Text(self.title_of(self._all))
        if words:
            title.append(f"  {grouped(len(shown))} shown", "bold")
        if shown:
            title.append(f"  enter: {self.OPENS}", "dim")
        self.query_one("#title", Static).update(title)

    @on(RowList.Moved, "#rows")
    def _moved(self) -> None:
        row = self.rows.current
        if row is not None:
            told = self.told_of(row)
        else:
            told = Text(
                "No row has these words: escape shows all again." if self._all else self.NOTHING, "dim"
            )
        self.query_one("#told", Static).update(told)
        self.query_one(Body).scroll_home(animate=False)

    @on(RowList.Chosen, "#rows")
    def _chosen(self) -> None:
        if self.rows.current is not None:
            self.open_row(self.rows.current)

    def action_filter(self) -> None:
        self.query_one(FilterInput).open()

    @on(Input.Changed, "#filter")
    def _filter_changed(self) -> None:
        current = self.rows.current
        self._show(self.key_of(current) if current is not None else "")

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.rows.focus()

    def action_back(self) -> None:
        """Escape undoes the filter, then leads back."""
        if self.query_one(FilterInput).close():
            self.rows.focus()
        else:
            self.dismiss(None)
