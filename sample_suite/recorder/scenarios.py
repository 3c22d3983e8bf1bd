"""Which runs are recorded: the command, the night, the state of the system, and what is meant to be found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Cause:
    """One problem that the run is meant to show, and the words of its failures."""

    name: str
    contains: str
    """Found in the name or the message of each test that belongs here; the first cause that fits is the one."""
    category: str


@dataclass(frozen=True)
class Scenario:
    file: str
    """Below ``sample_logs/``; the ending .gz compresses."""
    format: str
    """The reader that is meant to read it."""
    command: str
    """As a person would type it. ``{out}`` is the file that the runner itself writes; without it, the
    console is what is recorded."""
    at: datetime
    """The moment that stands in the recording: clocks are shifted by one offset a run."""
    causes: tuple[Cause, ...]
    settings: dict[str, str] = field(default_factory=dict)
    backend_log: str = ""
    """Where the back end's own log of this run goes, below ``sample_logs/``."""
    follows: str = ""
    """The file that has the same tests of the night before."""
    ci_step: bool = False
    """Wrap the console as the raw log of one CI step, each line with the moment it arrived."""


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02d}T{clock}").replace(tzinfo=UTC)


RATE = Cause("sign-up rate limit, told by the helper", "Failed to create test user: 429", "infra")
RATE_DIRECT = Cause("sign-up rate limit, told by the HTTP client", "'429 Too Many Requests'", "infra")
QUOTA = Cause("agent quota of the plan", "Agent limit reached (3/3)", "expected_by_design")
SCOPE = Cause("HTTP 403: admin scope is not granted to test keys", "'403 Forbidden'", "config")
CARRIER = Cause("upstream carrier times out", "'504 Gateway Timeout'", "infra")
PLATINUM = Cause("quote for the tier platinum breaks", "'500 Internal Server Error'", "product_bug")
SCOPES_GONE = Cause("profile without scopes", "KeyError: 'scopes'", "product_bug")
CENTS = Cause("cents are cut off", "test_total_of_an_order", "product_bug")
NEWEST = Cause("oldest order first", "[4.0, 32.0] == [32.0, 4.0]", "product_bug")
REFUND = Cause("part of a refund stays pending", "'refund pending' == 'paid'", "product_bug")
VOUCHER = Cause("voucher is used twice in other letters", "assert 200 == 409", "product_bug")
FEED_403 = Cause("handshake refused with HTTP 403", "rejected WebSocket connection: HTTP 403", "config")
NEGOTIATION = Cause(
    "server forces a subprotocol on clients without", "no subprotocols supported", "product_bug"
)
OTHER_VERSION = Cause("server answers another subprotocol", "unsupported subprotocol", "product_bug")
WAREHOUSE = Cause("warehouse db refuses connections", "refused the connection", "infra")
TIER = Cause("tier platinum is missing", "KeyError: 'platinum'", "product_bug")
UNIT_CENTS = Cause("cents are cut off", "test_total", "product_bug")
RECEIPT = Cause("document gives the discount as a fraction", "'discount': 0.2", "product_bug")
PRINTER = Cause("printer never confirms", "Timeout (>0.4s)", "flaky")
CHECKSUM = Cause("checksum is blind to the status", "checksum stayed", "product_bug")

API = (RATE, RATE_DIRECT, QUOTA, SCOPE, CARRIER, PLATINUM, SCOPES_GONE, CENTS, NEWEST, REFUND, VOUCHER)
FEED = (FEED_403, NEGOTIATION, OTHER_VERSION)
WEB = (
    Cause("sign-up rate limit, told by the helper", "Failed to create test user: 429", "infra"),
    Cause("agent quota of the plan", "Agent limit reached (3/3)", "expected_by_design"),
    Cause("cents are cut off", "Expected: 4.35", "product_bug"),
    Cause("quote for the tier platinum breaks", "500 Internal Server Error", "product_bug"),
    Cause("oldest order first", "toEqual", "product_bug"),
    Cause("welcome mail never comes", "Test timeout of 1500ms exceeded", "test_bug"),
)

RELEASE_1 = {"SHOP_RELEASE": "4.11.3"}
RELEASE_2 = {"SHOP_RELEASE": "4.12.0", "SHOP_COMPACT_PROFILE": "1", "SHOP_FORCED_SUBPROTOCOL": "prices.v3"}

SCENARIOS = (
    Scenario(
        "nightly-1-api.xml", "junit-xml", "python -m pytest tests/api -n 2 --junitxml={out}", at(2, "02:00:04"),
        API, {**RELEASE_1, "SHOP_SIGNUPS_PER_MINUTE": "22"}, backend_log="nightly-1-backend.log",
    ),
    Scenario(
        "nightly-1-feed.txt", "pytest-console", "python -m pytest tests/feed -rA --tb=short", at(2, "02:03:10"),
        FEED, RELEASE_1,
    ),
    Scenario(
        "nightly-1-replica-ci.log", "pytest-console", "python -m pytest tests/replica --reruns 1 -rR", at(2, "02:04:31"),
        (CHECKSUM,), RELEASE_1, ci_step=True,
    ),
    Scenario(
        "nightly-1-web.txt", "playwright-console", "npx playwright test --config web --reporter=list", at(2, "02:06:02"),
        WEB, {**RELEASE_1, "SHOP_SIGNUPS_PER_MINUTE": "5"},
    ),
    Scenario(
        "nightly-2-api.xml", "junit-xml", "python -m pytest tests/api -n 2 --junitxml={out}", at(3, "02:00:03"),
        API, RELEASE_2, follows="nightly-1-api.xml",
    ),
    Scenario(
        "nightly-2-feed.txt.gz", "pytest-console", "python -m pytest tests/feed", at(3, "02:03:12"),
        FEED, RELEASE_2, follows="nightly-1-feed.txt",
    ),
    Scenario(
        "nightly-2-warehouse.txt", "pytest-console", "python -m pytest tests/warehouse", at(3, "02:04:30"),
        (WAREHOUSE,), {**RELEASE_2, "WAREHOUSE": "127.0.0.1:5439"},
    ),
    Scenario(
        "nightly-2-pricing-color.txt", "pytest-console", "python -m pytest tests/pricing -n 2 -v --color=yes",
        at(3, "02:05:17"), (TIER, UNIT_CENTS, RECEIPT, PRINTER), RELEASE_2,
    ),
    Scenario(
        "nightly-2-web.json", "playwright-json", "npx playwright test --config web --reporter=json", at(3, "02:06:05"),
        WEB, RELEASE_2, follows="nightly-1-web.txt",
    ),
)  # fmt: skip
