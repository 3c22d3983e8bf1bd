"""Tenants and what they own, in memory."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field

AGENT_LIMITS = {"free": 3, "solo": 10, "team": 50}
GRANTABLE = {"orders:read", "orders:write", "reports:read", "agents:write"}


@dataclass
class Order:
    id: int
    total: float
    status: str = "new"
    refunded: float = 0.0


@dataclass
class Tenant:
    name: str
    plan: str
    scopes: tuple[str, ...]
    agents: list[str] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    vouchers: set[str] = field(default_factory=set)


class Store:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._orders = itertools.count(1001)
        self.by_token: dict[str, Tenant] = {}

    def sign_up(self, plan: str, scopes: list[str]) -> tuple[str, Tenant]:
        """A new tenant and its token. Scopes that a test key may not grant are left out."""
        with self._lock:
            name = f"t-{next(self._numbers):04d}"
            tenant = Tenant(name, plan, tuple(s for s in scopes if s in GRANTABLE))
            self.by_token[f"FAKE-{name}"] = tenant
        return f"FAKE-{name}", tenant

    def order(self, tenant: Tenant, total: float) -> Order:
        with self._lock:
            order = Order(next(self._orders), total)
            tenant.orders[order.id] = order
        return order
