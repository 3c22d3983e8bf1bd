"""The five whys of one cluster: answer, ask on, prove, decide. Everything typed is saved as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer
from textual.widgets import Input, Static

from triage.escapes import visible
from triage.rules.advice import advice
from triage.store import investigations as store
from triage.store.clusters import find_cluster, members
from triage.store.history import last_act
from triage.store.investigations import Action, Why
from triage.store.noting import notes_of
from triage.tui.notes import Line, lines
from triage.tui.screens.proving import LogRow, ProvingScreen
from triage.tui.screens.whys_keys import WHYS
from triage.tui.texts import one_line
from triage.tui.widgets.answer_input import AnswerInput
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.row_list import RowList
from triage.whys import detection_question, first_question, next_question

SAVE_AFTER = 0.4
"""Seconds after the last key until an answer is saved."""


class WhysScreen(ProvingScreen):
    """Notes on the left, the answer and the log to prove it on the right."""

    CSS_PATH = "whys.tcss"
    BINDINGS: ClassVar[list[BindingType]] = WHYS

    def __init__(self, cluster: str) -> None:
        super().__init__(cluster)
        self._timer: Timer | None = None
        self._unsaved: tuple[int, str] | None = None
        self._act: int | None = None
        """Of the answer that is being typed."""

    @property
    def whereabouts(self) -> dict[str, str]:
        """Where this screen is: on this cluster, wherever the cursor of the list below is."""
        return {"cluster": self._cluster_id}

    def compose(self) -> ComposeResult:
        yield Static(id="title", classes="bar", markup=False)
        with Container(id="split"):
            with Vertical(id="notes"):
                yield RowList[Line](lambda line, *_: line.text.copy(), id="tree")
            with Vertical(id="work"):
                yield Static(id="question", markup=False)
                yield AnswerInput(placeholder="because ...", select_on_focus=False, id="answer")
                yield Static(id="log-title", markup=False)
                yield RowList[LogRow](self._draw_log, id="log")
        yield KeyBar()

    def on_mount(self) -> None:
        if not self.children:
            return  # the program ends while this screen opens
        db = self.triage.db
        row = find_cluster(db, self._cluster_id)
        if row is None:
            self.dismiss(None)
            return
        self._members = members(db, row.id)
        rule = self.triage.engine.rule(row.rule)
        self._suggestions = advice(rule, (member.failure for member in self._members)).questions
        question = first_question(row.title, row.tests, row.failures)
        if not self.attempt(lambda: store.open_investigation(db, row.id, row.title, question)):
            self.dismiss(None)
            return
        self._reload()
        self.query_one("#title", Static).update(f"Five whys: {one_line(row.title)}")
        self._show_log()
        whys = self._investigation.whys
        self._select(next((why.id for why in whys if not why.answer.strip()), whys[-1].id))
        self.query_one("#answer").focus()

    @property
    def notes(self) -> RowList[Line]:
        return self.query_one("#tree", RowList)

    def _reload(self) -> None:
        found = store.find_investigation(self.triage.db, self._cluster_id)
        assert found is not None
        self._investigation = found

    def _select(self, why: int | None) -> None:
        """Show the notes anew with the cursor on ``why``."""
        self._reload()
        rows = lines(self._investigation, self._suggestions)
        if not any(each.id == why for each in self._investigation.whys):
            why = self._investigation.whys[0].id  # what was taken back is gone
        self._why, self._act = why, None
        at = next((i for i, ln in enumerate(rows) if ln.why and ln.why.id == why and ln.kind == "answer"), 0)
        self.notes.show(rows, at)
        self._show_answer()

    @property
    def _current(self) -> Why | None:
        return next((why for why in self._investigation.whys if why.id == self._why), None)

    def _show_answer(self) -> None:
        why = self._current
        self.query_one("#question", Static).update(visible(why.question) if why else "")
        box = self.query_one("#answer", Input)
        if why is not None and box.value != why.answer:
            with box.prevent(Input.Changed):
                box.value = why.answer
            box.cursor_position = len(why.answer)
        self.log_lines.refresh()

    @on(RowList.Moved, "#tree")
    def _moved(self) -> None:
        line = self.notes.current
        if line is not None and line.why is not None and line.why.id != self._why and self._save():
            self._reload()
            self._why, self._act = line.why.id, None
            self._show_answer()

    @on(RowList.Chosen, "#tree")
    def _chosen(self) -> None:
        line = self.notes.current
        if line is not None and line.action is not None:
            self._edit_action(line.action)
        elif line is not None and line.suggestion:
            self._ask_on(self._why, line.suggestion)
            self.query_one("#answer").focus()
        else:
            self.query_one("#answer").focus()

    @on(Input.Changed, "#answer")
    def _typed(self, event: Input.Changed) -> None:
        if self._why is None:
            return
        self._unsaved = (self._why, event.value)
        if self._timer is None:
            self._timer = self.set_timer(SAVE_AFTER, self._save_and_show)

    def _save(self) -> bool:
        """Whether all that was typed is stored; what is not is kept, and tried again with the next key."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._unsaved is not None:
            if not self.attempt(partial(self._write_answer, *self._unsaved)):
                return False
            self._unsaved = None
        return True

    def _write_answer(self, why: int, answer: str) -> None:
        self._act = store.write_answer(self.triage.db, why, answer, self._act)

    def keep(self) -> None:
        """Save what is typed, also the keys of which this screen was not told yet: the program ends."""
        why, typed = self._current, self.query_one("#answer", Input).value
        if why is not None and typed != (self._unsaved[1] if self._unsaved else why.answer):
            self._unsaved = (why.id, typed)
        self._save()

    def _save_and_show(self) -> None:
        if not self._save():
            return
        self._reload()
        at = self.notes.cursor
        self.notes.show(lines(self._investigation, self._suggestions), at)

    def on_unmount(self) -> None:
        self._save()
        self.attempt(lambda: store.close_if_empty(self.triage.db, self._cluster_id))

    @on(Input.Submitted, "#answer")
    def _answered(self, event: Input.Submitted) -> None:
        answer = event.value.strip()
        if self._why is None or not self._save():
            return
        if not answer:
            self.notify("Answer first; escape goes to the notes.", severity="warning", markup=False)
            return
        self._reload()
        children = self._investigation.children(self._why)
        question = next_question(answer)
        if not children:
            self._ask_on(self._why, question)
            return
        first = children[0]
        if first.answer.strip() or self.attempt(
            lambda: store.write_question(self.triage.db, first.id, question)
        ):
            self._select(first.id)

    def _ask_on(self, parent: int | None, question: str) -> None:
        """Ask ``question`` below ``parent``, and go there."""
        asked: list[int] = []
        db, notes = self.triage.db, self._investigation.id
        if self.attempt(lambda: asked.append(store.ask(db, notes, parent, question))):
            self._select(asked[0])

    def action_answer(self) -> None:
        self.query_one("#answer").focus()

    def action_branch(self) -> None:
        why = self._current
        if why is not None:
            self._ask_on(why.parent_id, why.question)
            self.query_one("#answer").focus()

    def action_detection(self) -> None:
        question = detection_question(self._investigation.title)
        known = next((why for why in self._investigation.whys if why.question == question), None)
        if known:
            self._select(known.id)
        else:
            self._ask_on(None, question)
        self.query_one("#answer").focus()

    def action_role(self, role: str) -> None:
        why = self._current
        if why is None or not why.answer.strip():
            self.notify("Answer the question first.", severity="warning", markup=False)
            return
        if self.attempt(lambda: store.set_role(self.triage.db, why.id, "" if why.role == role else role)):
            self._select(why.id)

    def _change(self, change: Callable[[], object]) -> None:
        if self.attempt(change):
            self._select(self._why)

    def action_add_action(self) -> None:
        self._edit_action(None)

    def _edit_action(self, action: Action | None) -> None:
        from triage.tui.screens.action import ActionScreen

        def take(edited: Action | None) -> None:
            if edited is None:
                return
            db, notes = self.triage.db, self._investigation.id
            add = partial(store.add_action, db, notes, edited.text, edited.owner, edited.due)
            self._change(add if action is None else partial(store.write_action, db, edited))

        self.app.push_screen(ActionScreen(action), take)

    def action_rephrase(self) -> None:
        why = self._current
        if why is not None:
            write = partial(store.write_question, self.triage.db, why.id)
            self._ask("Rephrase the question", "", why.question, lambda text: write(text or why.question))

    def action_note(self, field: str) -> None:
        write = partial(store.write_note, self.triage.db, self._investigation.id, field)
        value = cast("str", getattr(self._investigation, field))
        self._ask(field.capitalize(), "stands in the postmortem", value, write)

    def _ask(self, title: str, hint: str, value: str, write: Callable[[str], object]) -> None:
        from triage.tui.screens.prompt import PromptScreen

        def take(text: str | None) -> None:
            if text is not None:
                self._change(lambda: write(text))

        self.app.push_screen(PromptScreen(title, hint, value), take)

    def action_remove(self) -> None:
        line = self.notes.current
        if line is None or self.focused is not self.notes:
            return
        db = self.triage.db
        if line.evidence is not None:
            self._change(partial(store.remove_evidence, db, line.evidence.id))
        elif line.action is not None:
            self._change(partial(store.remove_action, db, line.action.id))
        elif line.why is not None and line.kind in ("question", "answer"):
            if line.why.id == self._investigation.whys[0].id:
                self.notify("The first question stays.", severity="warning", markup=False)
                return
            self._confirm_removal(line.why)

    def _confirm_removal(self, why: Why) -> None:
        from triage.tui.screens.confirm import ConfirmScreen

        below = self._investigation.count_below(why.id)

        def take(sure: bool | None) -> None:
            if sure and self.attempt(lambda: store.remove_why(self.triage.db, why.id)):
                self._unsaved = None
                self._select(why.parent_id)

        if not below and not why.answer.strip():
            take(True)
            return
        more = f" and the {below} that follow from it" if below else ""
        self.app.push_screen(ConfirmScreen(f"Remove this question{more}?"), take)

    def action_undo(self) -> None:
        """Take back what was noted here last; what was decided elsewhere is not seen here."""
        if not self._save():
            return
        last = next((change for change in last_act(self.triage.db) if change.field == "note"), None)
        if last is None or notes_of(last.old) != self._investigation.id:
            self.notify("Nothing to take back in these notes.", severity="warning", markup=False)
            return
        super().action_undo()

    def decided(self, said: str = "") -> None:
        self._select(self._why)
        if said:
            self.notify(visible(said), markup=False)

    def action_export(self) -> None:
        self._save()
        from triage.tui.screens.export import ExportScreen

        self.app.push_screen(ExportScreen([self._cluster_id]))

    def action_back(self) -> None:
        """From the answer or the log to the notes, from the notes to the clusters; not without what was typed."""
        if not self._save():
            return
        if self.focused is self.notes or self.focused is None:
            self.dismiss(None)
        else:
            self._select(self._why)
            self.notes.focus()
