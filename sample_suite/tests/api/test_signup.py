"""The sign-up itself, called without the helper."""

import pytest


@pytest.mark.parametrize("plan", ["free", "solo", "team"])
def test_plan_is_kept(api, plan):
    response = api.post("/v1/test/users", json={"plan": plan}).raise_for_status()
    assert response.json()["plan"] == plan


def test_each_sign_up_gets_a_tenant_of_its_own(api):
    first, second = (api.post("/v1/test/users", json={}).raise_for_status().json() for _ in range(2))
    assert first["tenant"] != second["tenant"]


def test_health_names_the_release(api):
    assert api.get("/health").json()["release"].startswith("4.")


def test_unknown_address_is_not_found(api):
    assert api.get("/v1/basket").status_code == 404
