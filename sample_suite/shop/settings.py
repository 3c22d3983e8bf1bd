"""What differs between two releases or environments, read from the environment variables ``SHOP_*``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Settings:
    release: str = "4.11.3"
    signups_per_minute: int = 600
    """Sign-ups that one API key may make in a window of 60 s."""
    forced_subprotocol: str = ""
    """The subprotocol the feed insists on; empty: what the client offers is honoured."""
    compact_profile: bool = False
    """Leave the scopes out of ``GET /v1/me``."""
    log_file: str = ""

    @classmethod
    def from_environment(cls) -> Self:
        return cls(
            release=os.environ.get("SHOP_RELEASE", cls.release),
            signups_per_minute=int(os.environ.get("SHOP_SIGNUPS_PER_MINUTE", cls.signups_per_minute)),
            forced_subprotocol=os.environ.get("SHOP_FORCED_SUBPROTOCOL", ""),
            compact_profile=os.environ.get("SHOP_COMPACT_PROFILE") == "1",
            log_file=os.environ.get("SHOP_LOG", ""),
        )
