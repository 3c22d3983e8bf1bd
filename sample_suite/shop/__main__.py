"""Starts the HTTP interface and the feed, tells their addresses, stops when its input is closed."""

from __future__ import annotations

import json
import logging
import sys
import threading

from shop import feed, http
from shop.carrier import Carrier
from shop.limiter import FixedWindow
from shop.routes import Shop
from shop.settings import Settings
from shop.store import Store

log = logging.getLogger("shop")


def main() -> None:
    settings = Settings.from_environment()
    handler = logging.FileHandler(settings.log_file) if settings.log_file else logging.NullHandler()
    logging.basicConfig(
        handlers=[handler], level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    shop = Shop(settings, Store(), FixedWindow(settings.signups_per_minute), Carrier())
    api = http.serve(shop)
    prices = feed.serve(settings)
    addresses = {
        "http": f"http://127.0.0.1:{api.server_port}",
        "feed": f"ws://127.0.0.1:{prices.socket.getsockname()[1]}",
    }
    log.info("release %s, %d sign-ups a minute for each key", settings.release, settings.signups_per_minute)
    log.info("listening on %s and %s", *addresses.values())
    for server in (api, prices):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()
    log.info("shutting down")
    api.shutdown()
    prices.shutdown()


if __name__ == "__main__":
    main()
