"""Message to template to signature to group: pure functions, no I/O."""

from triage.signature.fingerprint import Signature, signature_of
from triage.signature.group import explained, group, templates_of
from triage.signature.normalize import Hole, holes_of, normalize, template_of

__all__ = [
    "Hole",
    "Signature",
    "explained",
    "group",
    "holes_of",
    "normalize",
    "signature_of",
    "template_of",
    "templates_of",
]
