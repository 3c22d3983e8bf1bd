from helpers import create_test_user


def test_anonymous_caller_is_asked_for_a_token(api):
    assert api.get("/v1/orders").status_code == 401


def test_unknown_token_is_refused(api):
    assert api.get("/v1/me", headers={"Authorization": "Bearer FAKE-nobody"}).status_code == 401


def test_profile_names_the_tenant(api):
    user = create_test_user(api)
    assert user.get("/v1/me")["tenant"] == user.tenant


def test_profile_lists_the_scopes(api):
    user = create_test_user(api)
    assert "orders:write" in user.get("/v1/me")["scopes"]


def test_shopper_may_not_list_users(api):
    assert create_test_user(api).ask("GET", "/v1/admin/users").status_code == 403


def test_admin_lists_users(api):
    admin = create_test_user(api, scopes=("admin:read",))
    assert admin.tenant in admin.get("/v1/admin/users")


def test_admin_suspends_a_user(api):
    admin = create_test_user(api, scopes=("admin:write",))
    victim = "t-0001"
    assert admin.post(f"/v1/admin/users/{victim}/suspend")["suspended"] is True


def test_sales_report_counts_deliveries(api):
    user = create_test_user(api, scopes=("reports:read",))
    assert user.get("/v1/reports/sales")["delivered"] == 0


def test_orders_of_other_tenants_are_hidden(api):
    user = create_test_user(api)
    assert user.ask("GET", "/v1/orders/1").status_code == 404
