import pytest
from shop.replica import Primary, Replica


@pytest.fixture(scope="module")
def primary():
    primary = Primary()
    for number in range(1001, 1006):
        primary.write(number, "new")
    return primary


@pytest.fixture(scope="module")
def replica(primary):
    replica = Replica(primary)
    replica.read(1001)
    return replica


@pytest.mark.parametrize("number", [1001, 1002, 1003])
def test_order_is_on_the_replica(replica, number):
    assert replica.read(number) == "new"


def test_unknown_order_is_unknown(replica):
    assert replica.read(9999) == "unknown"


def test_payment_reaches_the_replica(primary, replica):
    primary.write(1002, "paid")
    assert replica.read(1002) == "paid"


def test_checksum_sees_a_changed_status(primary, replica):
    before = replica.checksum()
    primary.write(1004, "cancelled")
    replica.read(1004)
    assert replica.checksum() != before, f"checksum stayed {before}"


def test_cancelled_order_stays_cancelled(replica):
    assert replica.read(1004) == "cancelled"


def test_replica_keeps_no_strangers(replica):
    assert replica.read(1) == "unknown"
