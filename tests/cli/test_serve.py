"""``triage serve``: what stands in its way is told in one line."""

from __future__ import annotations

import socket

from tests.cli.conftest import Call


def test_a_port_that_is_taken(triage: Call) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = triage("serve", "--port", port)
    assert (done.code, done.err) == (
        2,
        f"triage: 127.0.0.1:{port}: Address already in use; name another --port or --host\n",
    )


def test_an_address_of_another_machine(triage: Call) -> None:
    done = triage("serve", "--host", "192.0.2.1")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "name another --port or --host" in done.err
