"""From the list of clusters to elsewhere: the page of the run, a command."""

from __future__ import annotations

from triage.analysis.impact import count
from triage.store.runs import runs
from triage.tui.screens.deciding import DecidingScreen
from triage.tui.widgets.detail import Detail


class OutwardScreen(DecidingScreen):
    """A screen with clusters that are chosen and a detail of one."""

    _command = ""
    """What was given something last."""

    def action_page(self) -> None:
        member = self.query_one(Detail).member
        if self.current() is None or member is None:
            return
        from triage.analysis.ci_page import ci_page
        from triage.tui.outside import open_page

        [run] = runs(self.triage.db, [member.run_id])
        page = ci_page((*member.properties, *run.properties), run.source)
        if page is None:
            self.notify(
                "Its report names no page of a CI run (a property like BUILD_URL).",
                severity="warning",
                markup=False,
            )
        else:
            open_page(self.app, page)

    def action_send(self) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        from triage.export.clipboard import short_summary
        from triage.export.report import gather
        from triage.tui.screens.prompt import PromptScreen

        def put(command: str | None) -> None:
            if command:
                from triage.tui.outside import send

                self._command = command
                text = "\n\n".join(short_summary(gather(self.triage.db, row)) for row in chosen)
                send(self.app, command, text + "\n")

        what = "the summary" if len(chosen) == 1 else f"the summaries of {count(len(chosen), 'cluster')}"
        self.app.push_screen(
            PromptScreen(
                f"Give {what} to which command?",
                "a shell command, which reads that as its input",
                self._command,
                does="runs it",
            ),
            put,
        )
