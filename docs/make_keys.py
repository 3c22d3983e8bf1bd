"""Write the table of ids in docs/keys.md anew, from the bindings: ``python docs/make_keys.py``."""

from __future__ import annotations

from pathlib import Path

from triage.tui.keymap import bindings

PAGE = Path(__file__).with_name("keys.md")
BEGIN = "| id | key | does | where |\n| --- | --- | --- | --- |\n"


def table() -> str:
    """A row for each id: its keys, what it does, on which screens."""
    found: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for screen, known in bindings().items():
        for binding in known:
            if binding.id:
                keys, does, screens = found.setdefault(binding.id, ([], [], []))
                said = (binding.tooltip or binding.description).lower()
                does.extend(text for text in [said] if text not in does)
                keys.extend(key for key in [binding.key_display or binding.key] if key not in keys)
                screens.extend(name for name in [screen] if name not in screens)
    rows = (
        f"| `{id_}` | {' '.join(f'`{key}`' for key in keys)} | {'; '.join(does)} | {', '.join(screens)} |\n"
        for id_, (keys, does, screens) in sorted(found.items())
    )
    return BEGIN + "".join(rows)


if __name__ == "__main__":
    before, _, after = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + table() + "\n" + after.partition("\n\n")[2], "utf-8")
