import pytest
from helpers import create_test_user


def test_new_order_has_a_number(api):
    assert create_test_user(api).order()["id"] > 1000


def test_new_order_waits_for_payment(api):
    assert create_test_user(api).order()["status"] == "new"


def test_order_can_be_read_again(api):
    user = create_test_user(api)
    order = user.order(("TEA-100", 3))
    assert user.get(f"/v1/orders/{order['id']}") == order


def test_empty_order_is_refused(api):
    assert create_test_user(api).ask("POST", "/v1/orders", lines=[]).status_code == 422


def test_paid_order_cannot_be_cancelled(api):
    user = create_test_user(api)
    order = user.order(paid=True)
    assert user.ask("POST", f"/v1/orders/{order['id']}/cancel").status_code == 409


@pytest.mark.parametrize(
    "sku, quantity, expected",
    [("MUG-20", 2, 25.0), ("SIEVE-3", 3, 17.85), ("SPOON-7", 1, 4.35), ("TIN-8", 1, 8.29)],
)
def test_total_of_an_order(api, sku, quantity, expected):
    assert create_test_user(api).order((sku, quantity))["total"] == expected


@pytest.mark.parametrize("sku", ["TEA-100", "POT-1"])
def test_platinum_customer_gets_a_quote(api, sku):
    user = create_test_user(api)
    assert user.post("/v1/quotes", lines=[(sku, 1)], tier="platinum")["total"] > 0


def test_newest_order_comes_first(api):
    user = create_test_user(api)
    user.order(("TEA-100", 1))
    user.order(("POT-1", 1))
    assert [order["total"] for order in user.get("/v1/orders")] == [32.0, 4.0]
