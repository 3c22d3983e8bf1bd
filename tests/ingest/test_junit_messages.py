"""JUnit XML: messages that say less, or more, than what went wrong; and names of files with lines."""

from __future__ import annotations

from tests.ingest.made import counts, headlines, run_of


def test_minitest_says_the_kind_and_the_name_first_and_cuts_behind_a_line() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="CartTest">
        <testcase classname="CartTest" name="test_a" line="3"><failure message="Failure:
        CartTest#test_a [test/cart_test.rb:5]:
        the cart was empty
        ">test/cart_test.rb:5:in `test_a'</failure></testcase>
        <testcase classname="CartTest" name="test_b"><error message="Error:
        CartTest#test_b:
        KeyError: no price
            lib/cart.rb:9:in `price'
        ">lib/cart.rb:9:in `price'</error></testcase>
        <testcase classname="CartTest" name="test_c"><failure type="Minitest::Assertion" message="Expected: 7...">
        Failure:
        test_c(Minitest::Result) [test/cart_test.rb:12]:
        Expected: 7
          Actual: 8
            test/cart_test.rb:12:in `test_c'
        </failure></testcase>
        </testsuite></testsuites>
        """
    )
    told = [(case.failures[0].message, case.failures[0].type) for case in run.cases]
    assert told == [
        ("the cart was empty", ""),
        ("KeyError: no price", "KeyError"),
        ("Expected: 7\n  Actual: 8", "Minitest::Assertion"),
    ]


def test_cocotb_has_names_of_its_own_for_type_and_message() -> None:
    run = run_of(
        """
        <testsuites name="results"><testsuite name="all"><property name="random_seed" value="7"/>
        <testcase name="t" classname="m" lineno="4"><failure error_type="ValueError" error_msg="q was 3"/></testcase>
        </testsuite></testsuites>
        """
    )
    (failure,) = run.cases[0].failures
    assert (failure.type, failure.message, run.cases[0].line) == ("ValueError", "q was 3", 4)


def test_the_line_behind_the_name_of_a_file_is_a_line() -> None:
    run = run_of(
        """
        <testsuite name="Elixir.A" tests="3">
        <testcase file="test/a_test.exs:4" classname="Elixir.A" name="test x" time="0.1"/>
        <testcase file="test/a_test.exs:9" classname="Elixir.A" name="test y"><failure message="no"/></testcase>
        <testcase file="C:\\a_test.exs" classname="Elixir.A" name="test z" time="0.1"/>
        </testsuite>
        """
    )
    assert [(case.file, case.line) for case in run.cases] == [
        ("test/a_test.exs", 4),
        ("test/a_test.exs", 9),
        ("C:\\a_test.exs", None),
    ]


def test_pest_puts_the_test_behind_the_name_of_its_file() -> None:
    run = run_of(
        """
        <testsuite name="Tests\\CartTest" file="tests\\CartTest.php" tests="2">
        <testcase name="it ships" file="tests\\CartTest.php::it ships" class="Tests\\CartTest" classname="Tests.CartTest" time="0.1"/>
        <testcase name="it adds" file="tests\\CartTest.php::it adds" class="Tests\\CartTest" classname="Tests.CartTest"><failure>no</failure></testcase>
        </testsuite>
        """
    )
    assert {case.file for case in run.cases} == {"tests\\CartTest.php"}


def test_what_firebase_calls_flaky_passed_in_the_end() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="s" tests="3" failures="1" flakes="1">
        <testcase name="a" classname="C" flaky="true"><failure>first</failure><failure>second</failure></testcase>
        <testcase name="b" classname="C"><failure>always</failure></testcase>
        <testcase name="c" classname="C" flaky="false"/>
        </testsuite></testsuites>
        """
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert (run.totals.flaky, run.cases[0].attempts, len(run.cases[0].failures)) == (1, 3, 2)


def test_a_clock_that_was_set_back_gives_no_duration() -> None:
    run = run_of(
        """
        <testsuite name="s"><testcase name="a" classname="C" time="-1.5"/><testcase name="b" classname="C" time="2"/>
        <testcase name="c" classname="C" time="-1"><skipped reason="later"/></testcase></testsuite>
        """
    )
    assert [case.duration for case in run.cases] == [None, 2, None]
    assert run.cases[2].properties == (("reason", "later"),)


def test_eclipse_marks_what_did_not_run_to_its_end() -> None:
    run = run_of(
        """
        <testrun name="r" tests="2"><testsuite name="s"><testcase name="x" classname="s"/>
        <testcase name="y" classname="s" incomplete="true"/></testsuite></testrun>
        """
    )
    assert counts(run) == (2, 1, 0, 0, 1)


def test_a_go_test_that_failed_for_its_subtests_says_at_least_that() -> None:
    run = run_of(
        """
        <testsuite name="p"><testcase name="TestA" classname="p">
        <failure message="Failed">=== RUN   TestA&#xA;--- FAIL: TestA (0.00s)&#xA;</failure></testcase></testsuite>
        """
    )
    assert run.cases[0].failures[0].headline == "--- FAIL: TestA (0.00s)"


def test_testng_of_cucumber_has_an_account_of_the_steps_for_a_message() -> None:
    account = "Given a cart{0}passed\nWhen it {1}{0}{2}\nThen we ship{0}skipped\n"
    methods = "".join(
        f'<test-method name="{how}" status="FAIL" duration-ms="1.0"><exception class="{thrown}"><message><![CDATA[\n'
        f"{account.format('.' * 40, verb, how)}]]></message><full-stacktrace><![CDATA[{stack}]]></full-stacktrace>"
        "</exception></test-method>"
        for how, verb, thrown, stack in (
            ("failed", "breaks", "Error", "Error: no wheels\nshop.feature:3"),
            ("pending", "waits", "The scenario has pending step(s)", "The scenario has pending step(s)"),
        )
    )
    run = run_of(
        f'<testng-results failed="2" passed="0" skipped="0"><suite name="Cucumber"><test name="Cucumber">'
        f'<class name="Cart">{methods}</class></test></suite></testng-results>'
    )
    assert [case.failures[0].headline for case in run.cases] == ["Error: no wheels", "pending: When it waits"]
    assert "Then we ship" in run.cases[0].failures[0].trace
    assert run.cases[0].duration == 0.001


def test_a_message_that_only_says_where_gives_way_to_the_text() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="sums" tests="3">
        <testcase name="a" classname="sums"><failure message="FAILED: res://test/sums.gd:9" type="FAILURE"><![CDATA[
        expected five
         but was four
        ]]></failure></testcase>
        <testcase name="b" classname="sums"><skipped message="SKIPPED: res://test/sums.gd:12">not today</skipped></testcase>
        <testcase name="c" classname="sums"><failure message="ERROR: 10.0.0.1:80">no route</failure></testcase>
        </testsuite></testsuites>
        """
    )
    (failure,) = run.cases[0].failures
    assert failure.headline == "expected five"
    assert (failure.file, failure.line) == ("test/sums.gd", 9)
    assert run.cases[1].properties == (("reason", "not today"),)
    assert run.cases[2].failures[0].message == "ERROR: 10.0.0.1:80"


def test_warnings_of_an_old_phpunit_are_the_failures_that_its_suite_counts() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="A" tests="2" failures="1"><testsuite name="A::testB" tests="1" failures="1">
        <testcase name="Warning" time="0.1"><warning type="PHPUnit_Framework_Warning">Warning
        The data provider of A::testB is broken.
        </warning></testcase>
        </testsuite><testcase name="testC" class="A"/></testsuite></testsuites>
        """
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert not run.failures
    assert run.cases[0].failures[0].message == "The data provider of A::testB is broken."


def test_a_message_that_only_names_the_test_gives_way_to_the_text() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="a_SUITE" tests="4">
        <testcase name="t1" classname="a_SUITE"><failure message="Test t1 in a_SUITE failed!" type="crash">{{badmatch,3},
         [{a_SUITE,t1,1,[{file,"a_SUITE.erl"},{line,14}]},
          {test_server,ts_tc,3,[{file,"test_server.erl"},{line,17}]}]}</failure></testcase>
        <testcase name="t2" classname="a_SUITE"><skipped message="Test t2 in a_SUITE skipped!">no port</skipped></testcase>
        <testcase name="t3" classname="a"><failure message="None" type="NoneType">the price was 3</failure></testcase>
        <testcase name="t4" classname="a"><failure message="t4 of the cart failed">x</failure></testcase>
        </testsuite></testsuites>
        """
    )
    told = [case.failures[0] for case in run.cases if case.failures]
    assert [failure.headline for failure in told] == [
        "{badmatch,3}",
        "the price was 3",
        "t4 of the cart failed",
    ]
    assert (told[0].file, told[0].line) == ("a_SUITE.erl", 14)
    assert run.cases[1].properties == (("reason", "no port"),)


def test_a_type_of_words_is_the_message_where_there_is_no_other() -> None:
    run = run_of('<testsuite name="s"><testcase name="a"><error type="I/O error"/></testcase></testsuite>')
    assert run.cases[0].failures[0].headline == "I/O error"


def test_eunit_puts_calls_below_or_above_the_term() -> None:
    run = run_of(
        """
        <testsuite name="module 'cart'" tests="2">
        <testcase name="cart:a_test/0"><failure type="assertEqual">
        ::error:{assertEqual,[{expected,3},
                 {value,2}]}
          in function cart_tests:a_test/0 (test/cart_tests.erl, line 12)
        </failure></testcase>
        <testcase name="cart:b_test/0"><error>
        in function cart:b/0
        in call from cart_tests:b_test/0 (test/cart_tests.erl, line 20)
        **error:undef
          output:&lt;&lt;""&gt;&gt;
        </error></testcase>
        </testsuite>
        """
    )
    told = [(failure.headline, failure.file, failure.line) for case in run.cases for failure in case.failures]
    assert told == [
        ("error:{assertEqual,[{expected,3},", "test/cart_tests.erl", 12),
        ("error:undef", "test/cart_tests.erl", 20),
    ]


def test_a_report_that_took_years_counts_nanoseconds() -> None:
    run = run_of(
        """
        <testsuites failures="0" tests="3" time="1967986371"><testsuite>
        <testcase name="a" time="999638317"></testcase>
        <testcase name="b" classname="c" time="500000000"/>
        <testcase name="d" classname="c" time="0"/>
        </testsuite></testsuites>
        """
    )
    assert [case.duration for case in run.cases] == [0.999638317, 0.5, 0.0]
    assert run.info.duration == 1.967986371


def test_errors_that_only_the_head_counts_are_failures_of_the_run() -> None:
    """What broke around the tests; where it counts retries, warnings or findings twice, nothing did."""
    failed = '<testcase name="a" classname="C"><failure message="no"/></testcase>'
    green = '<testcase name="b" classname="C"/>'

    def outside(head: str, inside: str) -> list[str]:
        return headlines(run_of(f'<testsuite name="S" {head}>{inside}</testsuite>'))

    said = "<system-err>Iteration: 0\nrequest was refused: ECONNREFUSED\n---</system-err>"
    lost = "the suite 'S' counts 2 broken, and lists none of them"
    assert outside('tests="3" failures="1" errors="2"', failed + green) == [lost]
    assert outside('tests="2" failures="2" errors="2"', failed + said) == [
        "request was refused: ECONNREFUSED"
    ]
    for head, inside in (
        ('tests="1" failures="1" errors="1"', failed),
        (
            'tests="3" failures="1" errors="1"',
            failed + '<testcase name="c"><error message="broke"/></testcase>',
        ),
        (
            'tests="4" failures="1" errors="1"',
            failed + '<testcase name="c"><flakyError message="x"/></testcase>',
        ),
        ('tests="2" failures="0" errors="0"', green + said),
    ):
        assert outside(head, inside) == []


def test_messages_that_are_always_the_same_give_way_to_the_text() -> None:
    run = run_of(
        """
        <testsuite name="s" tests="2"><testcase name="mypy" classname="mypy"><failure message="mypy produced messages">a.py:5: error: no</failure></testcase>
        <testcase name="Error"><error type="PHPUnit\\Framework\\Error">Error
        The data provider of C::d is invalid.
        LogicException: no rows</error></testcase>
        <testcase name="test_a" classname="C"><error type="test_a" message="IOError: no shelf">IOError: no shelf</error></testcase>
        </testsuite>
        """
    )
    first = [case.failures[0].message.split("\n")[0] for case in run.cases]
    assert first == ["a.py:5: error: no", "The data provider of C::d is invalid.", "IOError: no shelf"]
    assert run.cases[2].failures[0].type == "IOError"


def test_rows_of_data_of_testng_have_one_name_and_are_no_tries() -> None:
    case = '<testcase classname="C" name="amount">{}</testcase>'
    inside = case.format('<failure message="no"/>') + case.format("")
    of_testng = run_of(
        f'<testsuite name="C" tests="2" timestamp="2026-03-02T13:06:02 UTC">{inside}</testsuite>'
    )
    assert counts(of_testng) == (2, 1, 1, 0, 0)
    other = run_of(f'<testsuite name="C" tests="2" timestamp="2026-03-02T13:06:02Z">{inside}</testsuite>')
    assert (counts(other), other.totals.flaky) == ((1, 1, 0, 0, 0), 1)


def test_cucumber_of_ruby_tells_the_steps_before_what_went_wrong() -> None:
    run = run_of(
        """
        <testsuite name="Cart" tests="1" failures="1">
        <testcase classname="Cart" name="Pays twice"><failure message="failed Pays twice" type="failed">
        <![CDATA[Scenario: Pays twice

        Given a full cart

        Message:
        ]]>
        <![CDATA[
        expected: 1
             got: 2
         (RSpec::Expectations::ExpectationNotMetError)
        ./features/steps/cart.rb:7:in `block'
        features/cart.feature:5:in `it is paid']]></failure></testcase></testsuite>
        """
    )
    (failure,) = run.cases[0].failures
    assert failure.message == "RSpec::Expectations::ExpectationNotMetError: expected: 1\n     got: 2"
    assert (failure.type, failure.file) == (
        "RSpec::Expectations::ExpectationNotMetError",
        "./features/steps/cart.rb",
    )


def test_nose_appends_what_was_logged_to_the_message() -> None:
    logged = "-------------------- &gt;&gt; begin captured logging &lt;&lt; --------------------"
    case = (
        '<testcase classname="t.T" name="{0}"><failure type="exceptions.AssertionError" message="{1}{2}&#10;shop: asked">'
        'Traceback (most recent call last):\n  File "t.py", line 5, in {0}\nAssertionError: {1}{2}\nshop: asked</failure></testcase>'
    )
    run = run_of(
        f"<testsuite>{case.format('a', '3 != 4&#10;', logged)}{case.format('b', '', logged)}</testsuite>"
    )
    assert [case.failures[0].message for case in run.cases] == ["3 != 4", "AssertionError"]
    assert all("asked" in case.failures[0].trace for case in run.cases)


def test_xcpretty_escapes_twice() -> None:
    told = "XCTAssertEqual failed: (&amp;quot;a&amp;quot;) is not equal to (&amp;quot;&amp;lt;b&amp;gt;&amp;quot;)"
    case = "<testcase classname='ShopTests' name='testPays'><failure message='{}'>{}</failure></testcase>"
    texts = ("Tests/ShopTests.swift:17", "the markup is wrong")
    run = run_of(f"<testsuite name='s'>{''.join(case.format(told, text) for text in texts)}</testsuite>")
    first, second = (case.failures[0] for case in run.cases)
    assert first.message == 'XCTAssertEqual failed: ("a") is not equal to ("<b>")'
    assert (first.file, first.line) == ("Tests/ShopTests.swift", 17)
    assert "&quot;a&quot;" in second.message


def test_characters_that_xml_forbids_are_escaped_twice_by_surefire() -> None:
    run = run_of("""
        <testsuite name="s"><testcase name="a"><failure message="no key &lt;&amp;#1;&amp;#27;&gt;">no key &lt;&amp;amp#1;&gt; &amp;#10;
        \tat shop.CartIT.adds(CartIT.java:53)</failure></testcase></testsuite>
    """)
    [failure] = run.cases[0].failures
    assert failure.message == "no key <??>"
    assert failure.trace.startswith("no key <?> &#10;\n")


def test_words_that_every_failure_of_a_writer_has_give_way_to_its_text() -> None:
    run = run_of(
        """
        <testsuites><testsuite name="pump" tests="4">
        <testcase classname="pump" name="[build failed]"><error message="Build error"><![CDATA[pump/valve_test.go:9: undefined: level]]></error></testcase>
        <testcase classname="pump" name="Failure"><error message="Runtime error"><![CDATA[panic: no water

        goroutine 1 [running]:
        pump.init.0()
        \t/src/pump/valve_test.go:6 +0x27
        exit status 2]]></error></testcase>
        <testcase classname="pump" name="c"><failure message="(unknown)" type="randomError">Unknown plugin.</failure></testcase>
        <testcase classname="pump" name="d"><error message="Runtime error"/></testcase>
        </testsuite></testsuites>
        """
    )
    assert [case.failures[0].message for case in run.cases] == [
        "pump/valve_test.go:9: undefined: level",
        "panic: no water",
        "Unknown plugin.",
        "Runtime error",
    ]


def test_a_hook_of_node_broke_for_a_cause() -> None:
    run = run_of(
        '<testsuites><testsuite name="shut"><testcase name="one" classname="test"><failure type="hookFailed" '
        'message="failed running afterEach hook">Error [ERR_TEST_FAILURE]: failed running afterEach hook\n'
        "    at async Promise.all (index 0) {\n  code: 'ERR_TEST_FAILURE',\n  cause: Error: the door does not shut\n"
        "      at TestContext.&lt;anonymous> (/shop/shop.test.js:13:50)\n}</failure></testcase></testsuite></testsuites>"
    )

    [failure] = run.cases[0].failures
    assert (failure.message, failure.file, failure.line) == (
        "the door does not shut",
        "/shop/shop.test.js",
        13,
    )


def test_the_end_of_a_section_where_none_is_loses_nothing() -> None:
    run = run_of(
        '<testsuites><testsuite name="s"><testcase name="a"><failure message="no lamp ]]>">Error: no lamp ]]>\n</failure>'
        '</testcase><testcase name="b"><system-out><![CDATA[out ]]> again ]]></system-out></testcase>'
        '<testcase name="c"><failure message="x"/></testcase></testsuite></testsuites>'
    )

    assert [case.outcome.value for case in run.cases] == ["failed", "passed", "failed"]
    assert run.cases[0].failures[0].message == "no lamp ]]>"
