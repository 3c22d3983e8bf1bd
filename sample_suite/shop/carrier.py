"""The carrier's delivery figures, fetched from another service over a line protocol."""

from __future__ import annotations

import logging
import socket
import time

from shop.errors import ApiError

log = logging.getLogger("shop.carrier")


class Carrier:
    """Client of the service; in this environment its peer accepts connections and never answers."""

    def __init__(self, timeout: float = 0.25) -> None:
        self.timeout = timeout
        self._mute_peer = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._mute_peer.getsockname()

    def deliveries(self, tenant: str) -> int:
        """How many parcels of the tenant were delivered.

        Raises:
            ApiError: 504, no answer in time.
        """
        began = time.monotonic()
        try:
            with socket.create_connection(self.address, timeout=self.timeout) as peer:
                peer.sendall(f"DELIVERED {tenant}\n".encode())
                return int(peer.recv(64))
        except TimeoutError as error:
            waited = time.monotonic() - began
            log.error("upstream carrier at %s:%d timed out after %.2f s", *self.address, waited)
            raise ApiError(504, "upstream carrier timed out") from error
