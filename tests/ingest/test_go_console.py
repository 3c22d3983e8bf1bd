"""``go test``: what is printed without a line end, and packages that fail without a test."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made


def test_a_result_behind_what_was_printed() -> None:
    run = made(
        """
        =open--- FAIL: TestTotal (0.00s)
            cart_test.go:9: bad sum
        --- FAIL: TestOther (0.00s)
            cart_test.go:19: worse
        FAIL
        FAIL\texample.com/shop\t0.003s
        """,
        "go-test-console",
    )
    assert counts(run) == (2, 0, 2, 0, 0)
    assert case(run, "TestTotal").failures[0].message == "bad sum"
    assert "=open" in case(run, "TestTotal").failures[0].trace


def test_a_test_main_that_gives_up() -> None:
    run = made(
        """
        the shop is closed today
        coverage: 10.0% of statements
        exit status 3
        FAIL\texample.com/shop\t0.003s
        FAIL
        """,
        "go-test-console",
    )
    assert [f.message for f in run.failures] == ["the shop is closed today"]


def test_what_vet_and_the_compiler_say_alone() -> None:
    run = made(
        """
        # example.com/shop
        ./cart.go:10:1: missing return
        vet: ./list.go:3:39: undeclared name: total
        """,
        "log",
    )
    assert [f.message for f in run.failures] == [
        "./cart.go:10:1: missing return",
        "vet: ./list.go:3:39: undeclared name: total",
    ]


def test_a_directory_that_is_not_there() -> None:
    run = made("stat /srv/shop/nope: directory not found\n", "log")
    assert len(run.failures) == 1
