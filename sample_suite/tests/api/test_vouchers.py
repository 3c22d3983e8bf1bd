import pytest
from helpers import create_test_user


@pytest.mark.parametrize("code, percent", [("SPRING10", 10), ("WELCOME5", 5)])
def test_voucher_is_worth(api, code, percent):
    assert create_test_user(api).post(f"/v1/vouchers/{code}/redeem")["percent"] == percent


def test_small_letters_are_accepted(api):
    assert create_test_user(api).post("/v1/vouchers/welcome5/redeem")["percent"] == 5


def test_unknown_voucher_is_not_found(api):
    assert create_test_user(api).ask("POST", "/v1/vouchers/AUTUMN50/redeem").status_code == 404


def test_voucher_is_used_once(api):
    user = create_test_user(api)
    user.post("/v1/vouchers/SPRING10/redeem")
    assert user.ask("POST", "/v1/vouchers/SPRING10/redeem").status_code == 409


def test_voucher_is_used_once_whatever_its_letters(api):
    user = create_test_user(api)
    user.post("/v1/vouchers/SPRING10/redeem")
    assert user.ask("POST", "/v1/vouchers/spring10/redeem").status_code == 409


def test_voucher_of_one_tenant_is_free_for_another(api):
    for _ in range(2):
        assert create_test_user(api).post("/v1/vouchers/SPRING10/redeem")["percent"] == 10


def test_vouchers_add_up(api):
    user = create_test_user(api)
    percents = [user.post(f"/v1/vouchers/{code}/redeem")["percent"] for code in ("SPRING10", "WELCOME5")]
    assert sum(percents) == 15
