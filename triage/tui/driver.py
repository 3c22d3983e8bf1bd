"""How keys come from the terminal: as the library's own driver reads them, but escape is told as soon as it is one."""

from __future__ import annotations

import os
import select
import signal
from codecs import getincrementaldecoder

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

_WAIT = 0.1
"""Seconds between two looks at whether the screen has ended."""


class PromptDriver(LinuxDriver):
    """A terminal whose lone escape takes ``ESCDELAY``: the library waits a tenth of a second after it in any case."""

    def run_input_thread(self) -> None:
        """Tell what is typed until the screen ends.

        Where there is nothing to read any more the terminal is gone, and the program ends as by SIGHUP, which comes to
        it only if the terminal is that of its session. Bytes that are no UTF-8 are told as characters that are none.
        """
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        is_terminal = os.isatty(self.fileno)
        wait = 0.0
        while not self.exit_event.is_set():
            ready = select.select([self.fileno], [], [], wait)[0]
            # What was read may have begun a sequence, or be escape.
            wait = constants.ESCAPE_DELAY if ready else _WAIT
            if ready and not (read := self._read()):
                if is_terminal:
                    os.kill(os.getpid(), signal.SIGHUP)
                return
            said = decode(read) if ready else ""
            # The parser takes nothing for the end; half a character is nothing yet.
            for event in parser.feed(said) if said else parser.tick():
                self.process_message(event)
        if select.select([self.fileno], [], [], _WAIT)[0]:
            self._read()  # what the terminal was asked last would else be typed into the shell

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:  # the terminal was closed
            return b""
