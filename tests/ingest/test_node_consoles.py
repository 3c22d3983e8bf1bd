"""AVA, Jasmine and node:test: what breaks around tests."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made


def test_ava_tells_what_was_thrown() -> None:
    run = made(
        """
          ✘ Exiting due to process.exit() when running shop.js
          ✘ 1 test remaining in shop.js
          ✘ [fail]: cart › beforeEach hook for adds Error thrown in test
          ✘ [fail]: cart › totals Error thrown in test
          ✘ [fail]: cart › prices Error thrown in test
          ✔ cart › empty
          ─

          cart › beforeEach hook for adds

          Error thrown in test:

          Error {
            message: 'no database',
          }

          Error: no database
              at file:///srv/shop/cart.js:1:67

          cart › totals

          Error thrown in test:

          RangeError {
            message: 'too much',
          }

          › file:///srv/shop/cart.js:3:96

          cart › prices

          Error thrown in test:

          'plain'

          ─

          1 hook failed
          2 tests failed
        """,
        "ava-console",
    )
    assert counts(run) == (3, 1, 2, 0, 0)
    assert case(run, "totals").failures[0].headline == "RangeError: too much"
    assert case(run, "prices").failures[0].headline == "'plain'"
    assert [f.headline for f in run.failures] == [
        "Exiting due to process.exit() when running shop.js",
        "Error: no database",
    ]
    assert [w.text for w in run.warnings] == ["1 test remaining in shop.js"]


def test_jasmine_ran_only_some() -> None:
    run = made(
        """
        Started
        .


        Ran 1 of 2 specs
        1 spec, 0 failures
        Finished in 0.002 seconds
        Incomplete: fit() or fdescribe() was found
        """,
        "jasmine-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert [f.message for f in run.failures] == ["Incomplete: fit() or fdescribe() was found"]


def test_a_program_of_node_test_that_does_not_load() -> None:
    run = made(
        """
        node:internal/modules/cjs/loader:1210
          throw err;
          ^

        Error: Cannot find module './gone'
        Require stack:
        - /srv/shop/gone.test.js
            at Object.<anonymous> (/srv/shop/gone.test.js:1:1) {
          code: 'MODULE_NOT_FOUND'
        }

        Node.js v20.20.2
        ✖ /srv/shop/gone.test.js (50.2ms)
          'test failed'

        ✔ adds (1.1ms)
        ℹ tests 2
        ℹ suites 0
        ℹ pass 1
        ℹ fail 1
        ℹ cancelled 0
        ℹ skipped 0
        ℹ todo 0
        ℹ duration_ms 228.2
        """,
        "node-test-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failure = case(run, "/srv/shop/gone.test.js").failures[0]
    assert (failure.headline, failure.source_line) == ("Error: Cannot find module './gone'", 5)


def test_the_same_in_tap() -> None:
    run = made(
        """
        TAP version 13
        # node:internal/modules/cjs/loader:1210
        # Error: Cannot find module './gone'
        #     at Object.<anonymous> (/srv/shop/gone.test.js:1:1)
        # Node.js v20.20.2
        # Subtest: /srv/shop/gone.test.js
        not ok 1 - /srv/shop/gone.test.js
          ---
          exitCode: 1
          signal: ~
          error: 'test failed'
          code: 'ERR_TEST_FAILURE'
          ...
        # Subtest: adds
        not ok 2 - adds
          ---
          error: 'too much'
          ...
        1..2
        """,
        "tap",
    )
    assert [(c.id, c.failures[0].headline) for c in run.cases] == [
        ("/srv/shop/gone.test.js", "Error: Cannot find module './gone'"),
        ("adds", "too much"),
    ]


def test_an_option_that_is_not_there() -> None:
    run = made("node: bad option: --test-coverage-functions=100\n", "log")
    assert len(run.failures) == 1


def test_a_browser_of_karma_that_never_comes() -> None:
    run = made(
        """
        06 06 2017 10:21:28.876:INFO [karma]: Karma v1.5.0 server started at http://0.0.0.0:19876/
        06 06 2017 10:21:28.885:INFO [launcher]: Starting browser ChromeHeadless
        06 06 2017 10:22:28.887:WARN [launcher]: ChromeHeadless have not captured in 60000 ms, killing.
        06 06 2017 10:22:29.005:INFO [launcher]: Trying to start ChromeHeadless again (1/2).
        """,
        "karma-console",
    )
    assert [failure.headline for failure in run.failures] == [
        "ChromeHeadless have not captured in 60000 ms, killing."
    ]


def test_a_browser_of_karma_that_is_lost_is_told_once() -> None:
    run = made(
        """
        28 09 2018 04:09:20.648:INFO [karma]: Karma v1.7.1 server started at http://0.0.0.0:9876/
        Chrome 63.0.3205 (Linux 0.0.0): Executed 1 of 47 SUCCESS (0 secs / 0.001 secs)
        28 09 2018 04:09:31.778:WARN [Chrome 63.0.3205 (Linux 0.0.0)]: Disconnected (1 times) , because no message in 10000 ms.
        Chrome 63.0.3205 (Linux 0.0.0) ERROR
          Disconnected , because no message in 10000 ms.
        Chrome 63.0.3205 (Linux 0.0.0): Executed 1 of 47 DISCONNECTED (10.027 secs / 0.001 secs)
        """,
        "karma-console",
    )
    assert [failure.headline for failure in run.failures] == ["Disconnected, because no message in 10000 ms."]


def test_vitest_names_its_projects_between_blanks_in_colours() -> None:
    run = made(
        """
         RUN  v4.1.1 /srv/lamp

        ..... ❯  unit  test/lamp.test.ts (5 tests | 1 failed) 86ms
        ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

         FAIL   unit  test/lamp.test.ts > lamp > shines
        AssertionError: expected 'dark' to contain 'light'

         ❯ test/lamp.test.ts:15:28

        ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯

         Test Files  1 failed (1)
              Tests  1 failed | 4 passed (5)
           Duration  19.83s
        """,
        "vitest-console",
    )
    assert counts(run) == (5, 4, 1, 0, 0)
    [red] = [c for c in run.cases if c.outcome.is_red]
    assert "expected 'dark' to contain 'light'" in red.failures[0].message
    assert (red.suite, red.name, red.file) == ("unit > lamp", "shines", "test/lamp.test.ts")
