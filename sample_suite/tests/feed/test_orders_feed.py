"""The feed of orders, with the token that the pipeline is given. It needs the scope feed:read."""

import json

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

PIPELINE = {"Authorization": "Bearer FAKE-pipeline"}


@pytest.fixture
def url(addresses):
    return f"{addresses['feed']}/orders"


def ask(url, message):
    with connect(url, additional_headers=PIPELINE) as feed:
        feed.send(message)
        return json.loads(feed.recv(timeout=2))


@pytest.mark.parametrize("sku, price", [("TEA-100", 4.0), ("MUG-20", 12.5), ("POT-1", 32.0)])
def test_subscription_tells_the_price(url, sku, price):
    assert ask(url, f"subscribe {sku}")["price"] == price


def test_unknown_product_is_told(url):
    assert "cannot" in ask(url, "subscribe KETTLE-9")["error"]


def test_connection_outlives_a_bad_message(url):
    with connect(url, additional_headers=PIPELINE) as feed:
        feed.send("hello")
        feed.recv(timeout=2)
        feed.send("subscribe TEA-100")
        assert json.loads(feed.recv(timeout=2))["sku"] == "TEA-100"


async def test_two_readers_at_once(url):
    async with (
        connect_async(url, additional_headers=PIPELINE) as first,
        connect_async(url, additional_headers=PIPELINE) as second,
    ):
        await first.send("subscribe TEA-100")
        await second.send("subscribe POT-1")
        assert json.loads(await first.recv())["sku"] != json.loads(await second.recv())["sku"]


async def test_server_answers_a_ping(url):
    async with connect_async(url, additional_headers=PIPELINE) as feed:
        assert await (await feed.ping()) >= 0


def test_stranger_is_refused(url):
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        connect(url, additional_headers={"Authorization": "Bearer FAKE-stranger"})


def test_desk_reads_the_feed(url):
    with connect(
        url, additional_headers={"Authorization": "Bearer FAKE-desk"}, subprotocols=["prices.v2", "prices.v3"]
    ) as feed:
        feed.send("subscribe POT-1")
        assert json.loads(feed.recv(timeout=2))["price"] == 32.0
