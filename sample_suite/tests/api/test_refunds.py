import pytest
from helpers import create_test_user


def paid_order(user):
    return f"/v1/orders/{user.order(('MUG-20', 2), paid=True)['id']}"


def test_full_refund_ends_the_order(api):
    user = create_test_user(api)
    assert user.post(f"{paid_order(user)}/refund")["status"] == "refunded"


def test_refund_is_written_down(api):
    user = create_test_user(api)
    order = paid_order(user)
    user.post(f"{order}/refund")
    assert user.get(order)["refunded"] == 25.0


def test_unpaid_order_is_not_refunded(api):
    user = create_test_user(api)
    order = user.order()
    assert user.ask("POST", f"/v1/orders/{order['id']}/refund").status_code == 409


@pytest.mark.parametrize("amount", [25.01, 40.0])
def test_refund_above_the_payment_is_refused(api, amount):
    user = create_test_user(api)
    assert user.ask("POST", f"{paid_order(user)}/refund", amount=amount).status_code == 422


def test_part_is_refunded(api):
    user = create_test_user(api)
    assert user.post(f"{paid_order(user)}/refund", amount=10.0)["refunded"] == 10.0


@pytest.mark.parametrize("first", [12.5, 24.99])
def test_part_of_a_refund_leaves_the_order_paid(api, first):
    user = create_test_user(api)
    order = paid_order(user)
    user.post(f"{order}/refund", amount=first)
    assert user.get(order)["status"] == "paid"
