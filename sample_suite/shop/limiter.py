"""How many requests one key may make in a window of time."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

log = logging.getLogger("shop.limiter")


@dataclass
class FixedWindow:
    limit: int
    seconds: float = 60.0
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, key: str) -> int:
        """Whole seconds until ``key`` may try again; 0 when this request is let through."""
        now = time.monotonic()
        with self._lock:
            began, used = self._windows.get(key, (now, 0))
            if now - began >= self.seconds:
                began, used = now, 0
            self._windows[key] = (began, used + 1)
        if used < self.limit:
            return 0
        wait = max(1, round(began + self.seconds - now))
        log.warning(
            "key=%s over its limit (%d/%d per minute), retry after %d s", key, used + 1, self.limit, wait
        )
        return wait
