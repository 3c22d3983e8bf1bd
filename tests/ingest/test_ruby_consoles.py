"""The consoles of RSpec, Minitest, Rails and test-unit: dialects that no recording has."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from triage.model import Outcome


def test_rspec_retry_makes_a_test_flaky() -> None:
    run = made(
        """
        RSpec::Retry: 2nd try ./spec/net_spec.rb:9
        ..

        Finished in 1 minute 2.5 seconds (files took 0.1 seconds to load)
        2 examples, 0 failures
        """,
        "rspec-console",
    )
    assert counts(run) == (2, 2, 0, 0, 0)
    assert run.totals.flaky == 1
    assert run.info.duration == 62.5


def test_rspec_in_random_order_is_none_of_haskell() -> None:
    run = made(
        """
        Randomized with seed 4711

        Cart
          counts (FAILED - 1)

        Failures:

          1) Cart counts
             Failure/Error: expect(cart.size).to eq(8)

               expected: 8
                    got: 7
             # ./spec/cart_spec.rb:5:in 'block (2 levels) in <top (required)>'

        Finished in 0.25 seconds (files took 0.1 seconds to load)
        1 example, 1 failure

        Failed examples:

        rspec ./spec/cart_spec.rb:4 # Cart counts

        Randomized with seed 4711

        Stopped processing SimpleCov
        """,
        "rspec-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)


def test_rspec_that_only_tells_what_is_pending() -> None:
    run = made(
        """
        Pending: (Failures listed here are expected and do not affect your suite's status)

          1) Cart sorts
             # see issue 7
             Got 2 failures:

             1.1) Failure/Error: expect(cart).to be_sorted
                    expected sorted
                  # ./spec/cart_spec.rb:5:in `block (2 levels) in <top (required)>'
        """,
        "rspec-console",
    )
    assert case(run, "Cart sorts").outcome is Outcome.XFAILED


def test_rspec_code_of_several_lines_is_no_message() -> None:
    run = made(
        """
        F

        Failures:

          1) Cart adds up
             Failure/Error:
               expect(
                 cart.total
               ).to eq(3)

               expected: 3
                    got: 2
             # ./app/cart.rb:7:in `total'
             # /usr/lib/ruby/gems/rspec-core-3.12/lib/rspec/core/example.rb:1:in `run'

        Finished in 0.1 seconds (files took 0.1 seconds to load)
        1 example, 1 failure

        Failed examples:

        rspec './spec/cart_spec.rb[1:1]' # Cart adds up
        """,
        "rspec-console",
    )
    failure = case(run, "Cart adds up").failures[0]
    assert failure.message == "expected: 3\n     got: 2"
    assert (failure.file, failure.line) == ("./app/cart.rb", 7)


def test_two_rspec_runs_are_added() -> None:
    one = "\nFinished in 0.1 seconds\n{} examples, 0 failures\n"
    assert counts(made(one.format(3) + "\n...\n" + one.format(4), "rspec-console")) == (7, 7, 0, 0, 0)


def test_what_a_spec_prints_is_no_example() -> None:
    run = made(
        """
        Cart
        loading fixtures
          starts empty
          adds up (FAILED - 1)

        Failures:

          1) Cart adds up
             Failure/Error: expect(2).to eq(3)
             # ./spec/cart_spec.rb:3:in `block'

        Finished in 0.1 seconds
        2 examples, 1 failure
        """,
        "rspec-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert [c.name for c in run.cases if c.outcome is Outcome.FAILED] == ["Cart adds up"]


def test_rails_tells_failures_at_once() -> None:
    run = made(
        """
        Run options: --seed 1

        # Running:

        .F

        Failure:
        CartTest#test_adds_up [test/cart_test.rb:4]:
        Expected: 3
          Actual: 2

        bin/rails test test/cart_test.rb:3

        E

        Error:
        CartTest#test_breaks:
        ActiveRecord::RecordNotFound: Couldn't find Cart
            app/models/cart.rb:9:in `load'
            test/cart_test.rb:8:in `block in <class:CartTest>'

        bin/rails test test/cart_test.rb:7

        Finished in 0.5s, 6 runs/s, 4 assertions/s.
        3 runs, 2 assertions, 1 failures, 1 errors, 0 skips
        """,
        "minitest-console",
    )
    assert counts(run) == (3, 1, 1, 1, 0)
    assert case(run, "test_adds_up").failures[0].message == "Expected: 3\n  Actual: 2"
    broke = case(run, "test_breaks").failures[0]
    assert (broke.type, broke.message) == ("ActiveRecord::RecordNotFound", "Couldn't find Cart")
    assert (broke.file, broke.line) == ("app/models/cart.rb", 9)


def test_minitest_reporters() -> None:
    run = made(
        """
        Started with run options --seed 1

        CartTest
          test_starts_empty                                               PASS (0.00s)
          test_adds_up                                                    FAIL (0.12s)
                Expected: 3
                  Actual: 2
                test/cart_test.rb:4:in `test_adds_up'

        Finished in 0.2s
        2 tests, 2 assertions, 1 failures, 0 errors, 0 skips
        """,
        "minitest-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failed = case(run, "test_adds_up")
    assert (failed.suite, failed.duration) == ("CartTest", 0.12)
    assert failed.failures[0].message == "Expected: 3\n  Actual: 2"


def test_old_test_unit_names_the_test_below() -> None:
    run = made(
        """
        Started
        F
        ===============================================================================
        Failure:
        test_adds_up(CartTest) [test/cart.rb:4]:
        <3> expected but was
        <2>.
        ===============================================================================
        Finished in 0.1 seconds.

        2 tests, 2 assertions, 1 failures, 0 errors, 0 pendings, 0 omissions, 0 notifications
        """,
        "test-unit-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "test_adds_up").suite == "CartTest"


def test_parallel_rspec_adds_up_its_processes_once() -> None:
    one = "\nFinished in 0.1 seconds\n{} examples, 0 failures\n"
    told = one.format(3) + one.format(4) + "\n\n7 examples, 0 failures\n\nTook 2 seconds\n"
    assert counts(made(told, "rspec-console")) == (7, 7, 0, 0, 0)


def test_instafail_tells_failures_without_a_list() -> None:
    run = made(
        """
        .
          1) Cart adds up
             Failure/Error: expect(2).to eq(3)

               expected: 3
                    got: 2
             # ./spec/cart_spec.rb:5:in `block (2 levels) in <top (required)>'
        ..

        Finished in 0.1 seconds
        4 examples, 1 failure

        Failed examples:

        rspec ./spec/cart_spec.rb:5 # Cart adds up
        """,
        "rspec-console",
    )
    assert counts(run) == (4, 3, 1, 0, 0)
    failed = case(run, "Cart adds up")
    assert (failed.file, failed.line) == ("./spec/cart_spec.rb", 5)
    assert failed.failures[0].message == "expected: 3\n     got: 2"


def test_code_of_test_unit_with_wide_numbers() -> None:
    run = made(
        """
        Loaded suite cart
        Started
        F
        ===============================================================================
        Failure: test_total(CartTest)
        cart.rb:9:in `test_total'
              8:   def setup; end
          =>  9:   def test_total; assert_equal 1, 2; end
             10: end
        <1> expected but was
        <2>
        ===============================================================================

        Finished in 0.01 seconds.
        -------------------------------------------------------------------------------
        1 tests, 1 assertions, 1 failures, 0 errors, 0 pendings, 0 omissions, 0 notifications
        0% passed
        """,
        "test-unit-console",
    )
    assert case(run, "test_total").failures[0].message == "<1> expected but was\n<2>"


def test_cucumber_without_places() -> None:
    run = made(
        """
        Feature: Cart

          Background:
            Given an empty cart

          Scenario: Adds up
            When I add 2 things
            Then it holds 3 things
              expected 3, got 2 (RuntimeError)
              ./features/step_definitions/steps.rb:3:in `/^it holds/'
              features/cart.feature:9:in `Then it holds 3 things'
            And nothing more

          Scenario: Pays
            When I pay

        Failing Scenarios:
        cucumber features/cart.feature:7

        2 scenarios (1 failed, 1 passed)
        7 steps (1 failed, 1 skipped, 5 passed)
        """,
        "cucumber-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failure = case(run, "Adds up").failures[0]
    assert (failure.message, failure.type, failure.source_line) == ("expected 3, got 2", "RuntimeError", 9)
    assert "nothing more" not in failure.trace


def test_a_hook_of_cucumber_that_breaks() -> None:
    run = made(
        """
        Feature: Cart

          Scenario: Adds up     # features/cart.feature:2
          the till is locked (RuntimeError)
          ./features/support/hooks.rb:2:in `Before'
            When I add 2 things # features/step_definitions/steps.rb:1

        Failing Scenarios:
        cucumber features/cart.feature:2 # Scenario: Adds up

        1 scenario (1 failed)
        1 step (1 skipped)
        """,
        "cucumber-console",
    )
    assert case(run, "Adds up").failures[0].message == "the till is locked"


def test_two_formatters_of_rspec_say_one_end() -> None:
    end = "Finished in 0.125 seconds (files took 0.5 seconds to load)\n        2 examples, 0 failures"
    run = made(
        f"""
        Cart
          is empty
          adds up


        {end}

        {end}
        """,
        "rspec-console",
    )
    assert counts(run) == (2, 2, 0, 0, 0)
    again = made(
        f"""
        {end}

        {end.replace("0.125", "0.25")}
        """,
        "rspec-console",
    )
    assert counts(again) == (4, 4, 0, 0, 0)
