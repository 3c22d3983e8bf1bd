import pytest
from helpers import create_test_user


@pytest.mark.parametrize("sku, price", [("TEA-100", 4.0), ("MUG-20", 12.5), ("POT-1", 32.0), ("TIN-8", 8.29)])
def test_price_of_a_product(api, sku, price):
    assert create_test_user(api).get(f"/v1/products/{sku}")["price"] == price


@pytest.mark.parametrize("words, found", [("tea", 1), ("pot", 1), ("o", 2), ("kettle", 0)])
def test_search(api, words, found):
    assert len(create_test_user(api).get(f"/v1/products?q={words}")) == found


def test_page_is_as_long_as_asked(api):
    assert len(create_test_user(api).get("/v1/products?limit=2")) == 2


def test_unknown_product_is_not_found(api):
    assert create_test_user(api).ask("GET", "/v1/products/KETTLE-9").status_code == 404
