"""What Robot Framework's reports have in common."""

from __future__ import annotations

import re

WHERE = re.compile(r"^((?:Parent )?(?:suite )?(?:setup|teardown) failed:)\n", re.IGNORECASE)
"""The first line of a message that says where it broke, and not why."""
