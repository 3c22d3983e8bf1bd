"""Prices, discounts and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

CATALOG: Mapping[str, float] = {
    "TEA-100": 4.00,
    "MUG-20": 12.50,
    "POT-1": 32.00,
    "SIEVE-3": 5.95,
    "SPOON-7": 4.35,
    "TIN-8": 8.29,
}

# Known fault: the tier "platinum" is sold since spring, and is missing here.
DISCOUNTS: Mapping[str, float] = {"bronze": 0.0, "silver": 0.1, "gold": 0.2}


@dataclass(frozen=True)
class Line:
    sku: str
    quantity: int


def discount_for(tier: str) -> float:
    return DISCOUNTS[tier]


def total(lines: list[Line], tier: str = "bronze") -> float:
    """The sum of an order in euros."""
    gross = sum(CATALOG[line.sku] * line.quantity for line in lines)
    # Known fault: cents are cut off instead of rounded.
    return int(gross * (1 - discount_for(tier)) * 100) / 100


def receipt(lines: list[Line]) -> str:
    rows = [f"{line.quantity:>3} x {line.sku:<10}{CATALOG[line.sku] * line.quantity:>8.2f}" for line in lines]
    return "\n".join([*rows, f"{'TOTAL':<16}{total(lines):>8.2f}"])


def as_document(lines: list[Line], tier: str) -> dict[str, object]:
    """The order as the accounting export wants it."""
    # Known fault: accounting wants the discount in percent, an integer.
    return {"lines": [asdict(line) for line in lines], "discount": discount_for(tier), "currency": "EUR"}
