"""The pane beside the list: everything about the cluster under the cursor, one part at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from triage.export.report import Report, advice_of
from triage.rules import Engine
from triage.store.clusters import ClusterRow, Member
from triage.tui import texts

if TYPE_CHECKING:
    from triage.analysis.explain import Explanation

PARTS = ("summary", "evidence", "tests", "variants", "why grouped", "history")


class PartBar(Static):
    """The names of the parts; a click opens one."""

    DEFAULT_CSS = "PartBar { height: 1; background: $panel; }"

    def mark(self, part: int) -> None:
        text = Text(no_wrap=True)
        for index, name in enumerate(PARTS):
            text.append(f" {name} ", "bold reverse" if index == part else "")
        self.update(text)

    def on_click(self, event: events.Click) -> None:
        edge = 0
        for index, name in enumerate(PARTS):
            edge += len(name) + 2
            if event.x < edge:
                detail = self.parent
                if isinstance(detail, Detail):
                    detail.part = index
                return


class Body(VerticalScroll, can_focus=True):
    """What scrolls."""

    # Whether it scrolls or not, the text is as wide: it is not wrapped anew.
    DEFAULT_CSS = (
        "Body { height: 1fr; padding: 0 0 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]


class Detail(Vertical):
    """Summary, evidence, tests, variants, why it was grouped so, what was decided about it."""

    part: reactive[int] = reactive(0)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._report: Report | None = None
        self._others: list[ClusterRow] = []
        self._engine: Engine | None = None
        self._member = 0

    def compose(self) -> ComposeResult:
        yield PartBar()
        with Body():
            yield Static(id="above")
            yield Static(id="body")

    def on_mount(self) -> None:
        if self.children:  # there are none when the program ends while its screen opens
            self._draw()

    def show(self, report: Report | None, others: list[ClusterRow], engine: Engine | None) -> None:
        """Show another cluster; the part stays."""
        same = (
            report is not None and self._report is not None and report.cluster.id == self._report.cluster.id
        )
        self._report, self._others, self._engine = report, others, engine
        if not same:
            self._member = 0
        self._draw(keep_place=same)

    @property
    def member(self) -> Member | None:
        """The failure that the evidence shows."""
        members = self._report.members if self._report else ()
        return members[self._member % len(members)] if members else None

    def step_member(self, step: int) -> None:
        """Show the next or previous failure of the cluster."""
        if self._report and self._report.members:
            self._member = (self._member + step) % len(self._report.members)
            self.part = 1
            self._draw()

    def step_part(self, step: int) -> None:
        """Show the next or previous part."""
        self.part = (self.part + step) % len(PARTS)

    def watch_part(self) -> None:
        if self.is_mounted:
            self._draw()

    def _draw(self, keep_place: bool = False) -> None:
        self.query_one(PartBar).mark(self.part)
        above, text = self._text()
        self.query_one("#above", Static).update(above)
        self.query_one("#above").display = bool(above)
        self.query_one("#body", Static).update(text)
        if not keep_place:
            self.query_one(Body).scroll_home(animate=False)
            self.call_after_refresh(self._show_message)

    def _show_message(self) -> None:
        """Begin where the message stands, if it would not be seen otherwise."""
        body, above = self.query_one(Body), self.query_one("#above", Static)
        if above.display and above.size.height >= body.size.height - 1:
            body.scroll_to(y=above.size.height - 1, animate=False)

    def _text(self) -> tuple[Text, Text]:
        """The part, cut where its message stands."""
        report, engine = self._report, self._engine
        if report is None or engine is None:
            return Text(), Text("No cluster matches: escape shows all again." if self._others else "", "dim")
        name = PARTS[self.part]
        if name == "evidence":
            return texts.evidence(self.member, self._member + 1, len(report.members))
        return Text(), self._other_part(name, report, engine)

    def _other_part(self, name: str, report: Report, engine: Engine) -> Text:
        if name == "tests":
            return texts.tests(report)
        if name == "variants":
            return texts.variants(report)
        if name == "history":
            return texts.history(report)
        if name == "why grouped":
            return texts.reasons(self._explanations(report, engine))
        return texts.summary(report, advice_of(report, engine))

    def _explanations(self, report: Report, engine: Engine) -> list[Explanation]:
        from triage.analysis.explain import by_words, explain

        return [
            explain(report.cluster, alike, variant, self._others, engine)
            for variant, alike in by_words(report.variants, report.members)[:20]
        ]
