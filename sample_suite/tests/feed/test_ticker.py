"""The public ticker, which needs no token."""

import json

import pytest
from shop.feed import decode, encode
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def url(addresses):
    return f"{addresses['feed']}/ticker"


@pytest.mark.parametrize("sku", ["TEA-100", "TIN-8"])
def test_price_without_subprotocol(url, sku):
    with connect(url) as ticker:
        ticker.send(f"subscribe {sku}")
        assert json.loads(ticker.recv(timeout=2))["sku"] == sku


async def test_price_without_subprotocol_async(url):
    async with connect_async(url) as ticker:
        await ticker.send("subscribe MUG-20")
        assert json.loads(await ticker.recv())["price"] == 12.5


async def test_ticker_closes_politely(url):
    async with connect_async(url) as ticker:
        await ticker.close()
    assert ticker.close_code == 1000


def test_second_version_is_agreed_on(url):
    with connect(url, subprotocols=["prices.v2"]) as ticker:
        assert ticker.subprotocol == "prices.v2"


def test_unknown_feed_is_not_found(addresses):
    with pytest.raises(InvalidStatus, match="HTTP 404"):
        connect(f"{addresses['feed']}/weather")


def test_frame_survives_a_round_trip():
    assert decode(encode("TEA-100", 4.0)) == ("TEA-100", 4.0)


@pytest.mark.parametrize("frame", ["[]", '{"sku": "TEA-100"}'])
def test_strange_frame_is_refused(frame):
    with pytest.raises(ValueError, match="not a price frame"):
        decode(frame)
