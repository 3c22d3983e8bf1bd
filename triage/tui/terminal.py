"""The terminal while the screen that will stand on it is still being loaded."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from triage.escapes import visible

if TYPE_CHECKING:
    from textual.app import App

Attributes = list[Any]
"""What ``termios.tcgetattr`` gives."""

Notify = Literal["bell", "osc9", "osc777"]
"""How a terminal calls somebody who looks elsewhere: by a sound, or by a notification of the desktop."""

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


_MOST_TOLD = 200
"""Characters of a notification."""
_LAST = 5.0
"""Seconds that the program has to end when its terminal is gone."""


@contextmanager
def held() -> Iterator[Attributes | None]:
    """Keep what is typed for the screen, unseen; whatever ends the program leaves the terminal as it was.

    Gives how that is, for ``hand_over``; None where there is no terminal.
    """
    for number in _ENDING:
        signal.signal(number, _stop)
    try:
        import termios

        before = termios.tcgetattr(0)
    except (ImportError, OSError, termios.error):
        yield None  # a browser, or Windows: nothing echoes
        return
    try:
        termios.tcsetattr(0, termios.TCSANOW, _as_the_screen_reads(before))
        if select.select([0], [], [], 0)[0]:
            # Typed already, while Python was starting: taken from the line on which it was echoed.
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        yield before
    finally:
        with suppress(termios.error):  # it was closed
            termios.tcsetattr(0, termios.TCSANOW, before)


def hand_over(app: App[Any], before: Attributes | None) -> None:
    """Have the screen, when it is suspended, give the terminal back as it was ``before``, and not as ``held`` made it.

    It is suspended between two events, not in the middle of one.
    """
    driver: Any = app._driver
    if before is not None and hasattr(driver, "attrs_before"):
        driver.attrs_before = before
    stop_between_events()


def notification(how: Notify, text: str) -> str:
    """What to write to the terminal, so that it says ``text``, in which nothing can act on it.

    OSC 9 is iTerm2's, OSC 777 that of rxvt-unicode; other terminals know one or both.

    >>> notification("osc777", "a;b\x1b[2J")
    '\x1b]777;notify;triage;a,b\x07'
    """
    # A semicolon would begin another parameter, and a number behind OSC 9 another command.
    said = visible(" ".join(text.split())).replace(";", ",")[:_MOST_TOLD]
    return {
        "bell": "\x07",
        "osc9": f"\x1b]9;triage: {said}\x07",
        "osc777": f"\x1b]777;notify;triage;{said}\x07",
    }[how]


def on_end(leave: Callable[[int], object]) -> None:
    """Call ``leave`` with the exit code when the running loop's program is told to end.

    Without a terminal it ends in any case: what the library still has to draw may wait for a thread that died of writing.
    """
    loop = asyncio.get_running_loop()

    def end(number: int, _: object) -> None:
        if number not in (signal.SIGTERM, signal.SIGINT):
            last = threading.Timer(_LAST, os._exit, (128 + number,))
            last.daemon = True
            last.start()
        if loop.is_closed():
            raise SystemExit(128 + number)
        loop.call_soon_threadsafe(leave, 128 + number)

    for number in _ENDING:
        signal.signal(number, end)


def stop_between_events() -> None:
    """Have the library's handlers of being stopped and continued called by the running loop: in the middle of anything else
    they could wait for what they interrupted."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTSTP", "SIGCONT"):
        number = getattr(signal, name, None)
        handler = signal.getsignal(number) if number else None
        if number and callable(handler):
            loop.add_signal_handler(number, handler, number, None)


def _stop(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def _as_the_screen_reads(attributes: list[Any]) -> list[Any]:
    """Key by key, without an echo, enter as it is."""
    import termios

    changed = list(attributes)
    changed[0] &= ~termios.ICRNL
    changed[3] &= ~(termios.ECHO | termios.ICANON)
    return changed
