"""What each address of the HTTP interface does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shop import pricing
from shop.carrier import Carrier
from shop.errors import ApiError
from shop.limiter import FixedWindow
from shop.settings import Settings
from shop.store import AGENT_LIMITS, Order, Store, Tenant

VOUCHERS = {"SPRING10": 10, "WELCOME5": 5}


@dataclass
class Shop:
    settings: Settings
    store: Store
    signups: FixedWindow
    carrier: Carrier


@dataclass
class Request:
    shop: Shop
    key: str
    """The API key of the caller, which the sign-up limit counts by."""
    tenant: Tenant | None
    body: dict[str, Any]
    query: dict[str, str]

    @property
    def owner(self) -> Tenant:
        if self.tenant is None:
            raise ApiError(401, "a token is needed")
        return self.tenant

    def need(self, scope: str) -> Tenant:
        if scope not in self.owner.scopes:
            raise ApiError(403, f"missing scope {scope}")
        return self.owner

    def order(self, number: str) -> Order:
        try:
            return self.owner.orders[int(number)]
        except KeyError:
            raise ApiError(404, f"no order {number}") from None


Answer = tuple[int, object]
Handler = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return register


def find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    for verb, pattern, handler in ROUTES:
        match = pattern.fullmatch(path)
        if verb == method and match:
            return handler, match.groups()
    raise ApiError(404, f"no such address: {method} {path}")


@route("GET", "/health")
def health(request: Request) -> Answer:
    return 200, {"status": "ok", "release": request.shop.settings.release}


@route("POST", "/v1/test/users")
def sign_up(request: Request) -> Answer:
    if wait := request.shop.signups.wait_for(request.key):
        raise ApiError(429, f"rate limit exceeded for key {request.key}", retry_after=wait)
    token, tenant = request.shop.store.sign_up(
        request.body.get("plan", "free"), request.body.get("scopes", ["orders:read", "orders:write"])
    )
    return 201, {"tenant": tenant.name, "token": token, "plan": tenant.plan}


@route("GET", "/v1/me")
def profile(request: Request) -> Answer:
    me = {"tenant": request.owner.name, "plan": request.owner.plan, "scopes": list(request.owner.scopes)}
    if request.shop.settings.compact_profile:
        # Known fault: clients still read the scopes from here.
        del me["scopes"]
    return 200, me


@route("GET", "/v1/admin/users")
def admin_users(request: Request) -> Answer:
    request.need("admin:read")
    return 200, [tenant.name for tenant in request.shop.store.by_token.values()]


@route("POST", r"/v1/admin/users/([\w-]+)/suspend")
def admin_suspend(request: Request, name: str) -> Answer:
    request.need("admin:write")
    return 200, {"tenant": name, "suspended": True}


@route("GET", "/v1/reports/sales")
def sales(request: Request) -> Answer:
    tenant = request.need("reports:read")
    delivered = request.shop.carrier.deliveries(tenant.name)
    return 200, {"orders": len(tenant.orders), "delivered": delivered}


@route("GET", "/v1/products")
def products(request: Request) -> Answer:
    wanted = request.query.get("q", "").upper()
    found = [{"sku": sku, "price": price} for sku, price in pricing.CATALOG.items() if wanted in sku]
    return 200, found[: int(request.query.get("limit", "50"))]


@route("GET", r"/v1/products/([\w-]+)")
def product(request: Request, sku: str) -> Answer:
    if sku not in pricing.CATALOG:
        raise ApiError(404, f"no product {sku}")
    return 200, {"sku": sku, "price": pricing.CATALOG[sku]}


@route("GET", "/v1/agents")
def agents(request: Request) -> Answer:
    return 200, sorted(request.owner.agents)


@route("POST", "/v1/agents")
def add_agent(request: Request) -> Answer:
    tenant = request.owner
    limit = AGENT_LIMITS[tenant.plan]
    if len(tenant.agents) >= limit:
        raise ApiError(429, f"Agent limit reached ({len(tenant.agents)}/{limit})")
    tenant.agents.append(request.body["name"])
    return 201, {"name": request.body["name"], "agents": len(tenant.agents), "limit": limit}


@route("DELETE", r"/v1/agents/([\w-]+)")
def remove_agent(request: Request, name: str) -> Answer:
    request.owner.agents.remove(name)
    return 200, {"agents": len(request.owner.agents)}


def _lines(request: Request) -> list[pricing.Line]:
    return [pricing.Line(sku, quantity) for sku, quantity in request.body["lines"]]


@route("POST", "/v1/quotes")
def quote(request: Request) -> Answer:
    _ = request.owner
    return 200, {"total": pricing.total(_lines(request), request.body.get("tier", "bronze"))}


@route("POST", "/v1/orders")
def place_order(request: Request) -> Answer:
    tenant = request.need("orders:write")
    lines = _lines(request)
    if not lines:
        raise ApiError(422, "an order needs at least one line")
    order = request.shop.store.order(tenant, pricing.total(lines, request.body.get("tier", "bronze")))
    return 201, vars(order)


@route("GET", "/v1/orders")
def orders(request: Request) -> Answer:
    # Known fault: the newest order is promised first.
    return 200, [vars(order) for order in request.owner.orders.values()]


@route("GET", r"/v1/orders/(\d+)")
def one_order(request: Request, number: str) -> Answer:
    return 200, vars(request.order(number))


@route("POST", r"/v1/orders/(\d+)/pay")
def pay(request: Request, number: str) -> Answer:
    order = request.order(number)
    if order.status != "new":
        raise ApiError(409, f"order {number} is {order.status}")
    order.status = "paid"
    return 200, vars(order)


@route("POST", r"/v1/orders/(\d+)/cancel")
def cancel(request: Request, number: str) -> Answer:
    order = request.order(number)
    if order.status != "new":
        raise ApiError(409, f"order {number} is {order.status}")
    order.status = "cancelled"
    return 200, vars(order)


@route("POST", r"/v1/orders/(\d+)/refund")
def refund(request: Request, number: str) -> Answer:
    order = request.order(number)
    if order.status != "paid":
        raise ApiError(409, f"order {number} is {order.status}")
    amount = request.body.get("amount", order.total)
    if amount > order.total:
        raise ApiError(422, f"a refund of {amount:.2f} is more than was paid")
    order.refunded += amount
    # Known fault: a refund in parts never reaches the end.
    order.status = "refunded" if amount == order.total else "refund pending"
    return 200, vars(order)


@route("POST", r"/v1/vouchers/(\w+)/redeem")
def redeem(request: Request, code: str) -> Answer:
    # Known fault: "spring10" and "SPRING10" are one voucher, yet count as two.
    if code in request.owner.vouchers:
        raise ApiError(409, f"voucher {code} was used before")
    if code.upper() not in VOUCHERS:
        raise ApiError(404, f"no voucher {code}")
    request.owner.vouchers.add(code)
    return 200, {"code": code, "percent": VOUCHERS[code.upper()]}
