"""``go test``: what is printed without a line end, and packages that fail without a test."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from tests.ingest.made import headlines, run_of


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


def test_seconds_as_the_first_versions_of_go_have_them() -> None:
    run = made(
        """
        === RUN TestTotal
        --- PASS: TestTotal (0.06 seconds)
        === RUN TestStock
        --- FAIL: TestStock (0.10 seconds)
        \tstock_test.go:11: three left
        FAIL
        exit status 1
        FAIL\tshop/cart 0.160s
        """,
        "go-test-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "TestStock").failures[0].message == "three left"
    assert case(run, "TestTotal").duration == 0.06


def test_a_package_that_is_well_has_no_red_test() -> None:
    run = made(
        """
        === RUN   TestPrint
        and here the line of its result was lost
        ok  \tshop/cart\t0.160s
        """,
        "go-test-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)


def test_benchmarks_that_fail_have_no_time() -> None:
    run = made(
        """
        goos: linux
        pkg: shop/cart
        BenchmarkAdd
            bench_test.go:6: cart is full
        --- FAIL: BenchmarkAdd
        BenchmarkDrop
            bench_test.go:14: no floor here
        --- SKIP: BenchmarkDrop
        BenchmarkSum-8   \t1000000000\t         0.2642 ns/op
        FAIL
        exit status 1
        FAIL\tshop/cart\t0.002s
        """,
        "go-test-console",
    )
    assert counts(run) == (2, 0, 1, 0, 1)
    assert case(run, "BenchmarkAdd").failures[0].message == "cart is full"


def test_tests_of_a_package_that_do_not_compile_are_told_once() -> None:
    run = made(
        """
        # shop/cart_test [shop/cart.test]
        cart/cart_test.go:5:2: "fmt" imported and not used
        FAIL\tshop/cart [build failed]
        FAIL
        """,
        "go-test-console",
    )
    assert [f.message for f in run.failures] == ['cart/cart_test.go:5:2: "fmt" imported and not used']


def test_a_tool_that_is_not_there_breaks_a_package() -> None:
    run = run_of("""
    # demo.org/plant/valve
    go: no such tool "covdata"
    ok  \tdemo.org/plant/pump\t0.10s
    FAIL
    """)
    assert headlines(run) == ['go: no such tool "covdata"']


def test_gotestsum_that_was_stopped_tells_what_stood_above_the_results() -> None:
    run = made(
        """
        EMPTY shop/empty (cached)
        PASS shop/cart.TestAdds (0.00s)
        === RUN   TestTotal
            cart_test.go:50: two of three
        --- FAIL: TestTotal (0.00s)
        FAIL shop/cart.TestTotal (0.00s)
        FAIL shop/cart
        FAIL shop/lamp
        PASS shop/prices.TestRound (0.01s)
        """,
        "gotestsum-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "TestTotal").failures[0].message == "two of three"
    assert [failure.message for failure in run.failures] == ["FAIL shop/lamp"]


def test_gotestsum_without_the_name_of_the_package() -> None:
    run = made(
        """
        === Failed
        === FAIL:  TestDoor (0.00s)
            --- PASS: TestDoor/opens (0.00s)
            door_test.go:9: the door is red
            door_test.go:12: it does not shut

        DONE 2 tests, 1 failure in 0.010s
        """,
        "gotestsum-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "TestDoor").failures[0].message == "it does not shut"


def test_gotestsum_that_was_stopped_within_its_dots() -> None:
    run = made(
        """
        [shop/cart]··↷·✖[shop/door]·✖·
        """,
        "gotestsum-console",
    )
    assert counts(run) == (8, 5, 2, 0, 1)
    assert any("cut off" in warning.text for warning in run.warnings)


def test_gotestsum_that_was_stopped_within_its_rows() -> None:
    run = made(
        """

           1ms shop/bad
           2ms shop/cart ··
               shop/door ✖

         3 tests, 2 failures, 1 error

           1ms shop/bad
           2ms shop/cart ··
                         ↷
          20ms shop/door ✖·

         5 tests, 1 skipped, 2 failures, 1 error
        """.replace("bad\n", "bad \n").removeprefix("\n"),
        "gotestsum-console",
    )
    assert counts(run) == (5, 3, 1, 0, 1)
    assert [failure.source_line for failure in run.failures] == [12]


def test_gotestsum_that_was_stopped_between_packages_is_not_green() -> None:
    run = made(
        """
        ✓  shop/cart (20ms)
        ✓  shop/door (cached)
        """,
        "gotestsum-console",
    )
    assert counts(run) == (0, 0, 0, 0, 0)
    assert any("cut off" in warning.text for warning in run.warnings)
    red = made(
        """
        ✓  shop/cart (20ms)
        ✖  shop/door (1.2s) (coverage: 0.0% of statements)
        """,
        "gotestsum-console",
    )
    assert headlines(red) == ["✖  shop/door (1.2s) (coverage: 0.0% of statements)"]
