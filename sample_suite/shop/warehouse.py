"""The warehouse database: stock levels over a line protocol, and the client that asks for them."""

from __future__ import annotations

import socket
import socketserver
from typing import Self

STOCK = {"TEA-100": 140, "MUG-20": 12, "POT-1": 0, "SIEVE-3": 7}


class _Lines(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            verb, sku, *amount = line.decode().split()
            if verb == "RESERVE" and STOCK.get(sku, 0) < int(amount[0]):
                answer = "short"
            else:
                answer = str(STOCK.get(sku, "unknown"))
            self.wfile.write(f"{answer}\n".encode())


class WarehouseServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Lines)


class Warehouse:
    """A connection to the database.

    Raises:
        ConnectionRefusedError: nobody listens at the address.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._peer = socket.create_connection((host, port), timeout=2)
        except ConnectionRefusedError as error:
            reason = f"warehouse db at {host}:{port} refused the connection"
            raise ConnectionRefusedError(error.errno, reason) from None
        self._answers = self._peer.makefile("r")

    def ask(self, *words: object) -> str:
        self._peer.sendall((" ".join(map(str, words)) + "\n").encode())
        return self._answers.readline().strip()

    def stock(self, sku: str) -> int:
        return int(self.ask("STOCK", sku))

    def reserve(self, sku: str, amount: int) -> bool:
        return self.ask("RESERVE", sku, amount) != "short"

    def close(self) -> None:
        self._answers.close()
        self._peer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def shelf(sku: str) -> str:
    """Where a product lies: the letters of its number name the aisle."""
    letters, _, digits = sku.partition("-")
    if not digits.isdigit():
        raise ValueError(f"not a product number: {sku!r}")
    return f"aisle {letters[0]}, shelf {int(digits) % 10}"
