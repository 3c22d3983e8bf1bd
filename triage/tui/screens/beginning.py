"""What the list of clusters shows and can while there is nothing in it."""

from __future__ import annotations

from textual.widgets import Static

from triage.tui.screens.deciding import DecidingScreen

EMPTY = """\
Nothing here yet. Three ways to begin:

  triage PATH...          files, directories, globs, archives, URLs
  triage run -- pytest    tests that run now; or pytest | triage -
  i                       name something to read, here

  S                       look around in sample data; none of it is kept

Every format is known by its content: JUnit XML, JSON, TAP, consoles of
runners, reports in Markdown, any log."""

READING = "Reading. The clusters come when it is done; escape ends it."


class BeginningScreen(DecidingScreen):
    """A screen that may have nothing to show."""

    def be_empty(self, is_empty: bool) -> None:
        """Show how to begin, or what there is."""
        if is_empty:
            self.query_one("#empty", Static).update(READING if self.triage.is_reading else EMPTY)
        if is_empty is not self.has_class("-empty"):
            self.set_class(is_empty, "-empty")
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sample data is there for who has none."""
        return super().check_action(action, parameters) if action != "samples" else self.has_class("-empty")

    def action_samples(self) -> None:
        self.triage.show_samples()

    def action_ingest(self) -> None:
        from triage.tui.screens.prompt import PromptScreen

        def take(answer: str | None) -> None:
            if answer:
                import shlex

                try:
                    names = shlex.split(answer)
                except ValueError:
                    names = [answer]
                self.triage.ingest(names)

        self.app.push_screen(
            PromptScreen("Read results", "files, directories, globs, archives or URLs", does="reads"), take
        )
