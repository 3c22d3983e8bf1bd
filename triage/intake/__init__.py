"""One source to what the store takes in: masked, signed, matched. No I/O but reading the source; the same in any process."""

from triage.intake.batches import Batch, batches
from triage.intake.signs import Sign, Signer

__all__ = ["Batch", "Sign", "Signer", "batches"]
