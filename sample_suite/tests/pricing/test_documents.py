import threading

import pytest
from shop.pricing import Line, as_document, receipt


def test_document_for_accounting():
    document = as_document([Line("TEA-100", 2), Line("MUG-20", 1)], "gold")
    assert document == {
        "lines": [{"sku": "TEA-100", "quantity": 2}, {"sku": "MUG-20", "quantity": 1}],
        "discount": 20,
        "currency": "EUR",
    }


def test_receipt_of_one_line():
    assert receipt([Line("TEA-100", 2)]).splitlines()[0].endswith("8.00")


def test_receipt_of_two_lines():
    assert receipt([Line("POT-1", 1), Line("SIEVE-3", 3)]) == (
        "  1 x POT-1        32.00\n  3 x SIEVE-3      17.85\nTOTAL              49.85"
    )


def test_receipt_order_follows_the_basket():
    rows = receipt([Line("TIN-8", 1), Line("TEA-100", 1)]).splitlines()[:-1]
    assert [row.split()[2] for row in rows] == ["TIN-8", "TEA-100"]


@pytest.mark.timeout(0.4)
@pytest.mark.parametrize("printer", ["counter", "kitchen"])
def test_printer_confirms(printer):
    confirmed = threading.Event()
    assert confirmed.wait(timeout=30), printer
