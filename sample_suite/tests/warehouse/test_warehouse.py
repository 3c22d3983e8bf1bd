import os
import threading

import pytest
from shop.warehouse import Warehouse, WarehouseServer, shelf


@pytest.fixture(scope="session")
def warehouse_address():
    """The database of the environment, or one of our own where none is named."""
    if named := os.environ.get("WAREHOUSE"):
        host, _, port = named.partition(":")
        yield host, int(port)
        return
    with WarehouseServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address
        server.shutdown()


@pytest.fixture(scope="session")
def warehouse(warehouse_address):
    with Warehouse(*warehouse_address) as connection:
        yield connection


@pytest.mark.parametrize("sku, pieces", [("TEA-100", 140), ("MUG-20", 12), ("SIEVE-3", 7)])
def test_stock_level(warehouse, sku, pieces):
    assert warehouse.stock(sku) == pieces


def test_sold_out_product_has_no_stock(warehouse):
    assert warehouse.stock("POT-1") == 0


def test_unknown_product_is_told(warehouse):
    assert warehouse.ask("STOCK", "KETTLE-9") == "unknown"


@pytest.mark.parametrize("amount", [1, 12])
def test_reservation_within_stock(warehouse, amount):
    assert warehouse.reserve("MUG-20", amount)


@pytest.mark.parametrize("sku, amount", [("MUG-20", 13), ("POT-1", 1)])
def test_reservation_above_stock_is_refused(warehouse, sku, amount):
    assert not warehouse.reserve(sku, amount)


def test_connection_serves_two_questions(warehouse):
    assert [warehouse.stock("TEA-100"), warehouse.stock("SIEVE-3")] == [140, 7]


def test_shelf_of_a_product():
    assert shelf("MUG-20") == "aisle M, shelf 0"


def test_strange_product_number_has_no_shelf():
    with pytest.raises(ValueError, match="not a product number"):
        shelf("MUG")
