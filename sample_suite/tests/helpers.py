"""What the end-to-end tests share."""

from __future__ import annotations

import httpx


def refused(what: str, response: httpx.Response) -> RuntimeError:
    wait = response.headers.get("Retry-After")
    told = f" (retry after {wait} s)" if wait else ""
    return RuntimeError(
        f"Failed to {what}: {response.status_code} {response.reason_phrase}: {response.json()['detail']}{told}"
    )


class Shopper:
    """A signed-in user of a tenant of its own."""

    def __init__(self, api: httpx.Client, tenant: str, token: str) -> None:
        self.tenant = tenant
        self.http = api
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **body: object) -> httpx.Response:
        return self.http.request(method, path, json=body, headers=self._headers)

    def get(self, path: str) -> object:
        return self.ask("GET", path).raise_for_status().json()

    def post(self, path: str, **body: object) -> dict[str, object]:
        return self.ask("POST", path, **body).raise_for_status().json()

    def order(self, *lines: tuple[str, int], paid: bool = False) -> dict[str, object]:
        placed = self.post("/v1/orders", lines=lines or [("TEA-100", 1)])
        return self.post(f"/v1/orders/{placed['id']}/pay") if paid else placed


def create_test_user(api: httpx.Client, plan: str = "free", scopes: tuple[str, ...] = ()) -> Shopper:
    """Sign up a user for one test, in a tenant of its own."""
    wanted = ["orders:read", "orders:write", *scopes]
    response = api.post("/v1/test/users", json={"plan": plan, "scopes": wanted})
    if response.is_error:
        raise refused("create test user", response)
    account = response.json()
    return Shopper(api, account["tenant"], account["token"])


def create_agents(user: Shopper, *names: str) -> None:
    for name in names:
        response = user.ask("POST", "/v1/agents", name=name)
        if response.is_error:
            raise refused(f"create agent {name}", response)
