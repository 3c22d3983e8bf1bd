"""Allure 1."""

from __future__ import annotations

from collections.abc import Callable

from triage.ingest import Source, collect

TextSource = Callable[[str | bytes], Source]

TEXT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:test-suite start="1700000000000" stop="1700000002500" version="1.4.0" xmlns:ns2="urn:model.allure.qatools.yandex.ru">
  <name>shop.Orders</name><title>Orders</title>
  <test-cases>
    <test-case start="1700000000000" stop="1700000000250" status="passed" severity="critical"><name>lists</name>
      <labels><label name="feature" value="orders"/></labels><parameters><parameter kind="argument" name="n" value="1"/></parameters></test-case>
    <test-case start="1" stop="2" status="failed"><name>pays</name><failure><message>java.lang.AssertionError: 429</message>
      <stack-trace>java.lang.AssertionError: 429
	at shop.Orders.pays(Orders.java:7)</stack-trace></failure><steps><step status="failed"><name>inner</name></step></steps></test-case>
    <test-case start="1" stop="2" status="broken"><name>boots</name><failure><message>NullPointerException</message></failure></test-case>
    <test-case start="1" stop="2" status="canceled"><name>waits</name><failure><message>no stock</message></failure></test-case>
    <test-case start="1" stop="2" status="pending"><name>later</name></test-case>
  </test-cases>
</ns2:test-suite>"""


def test_allure_1(text_source: TextSource) -> None:
    run = collect(text_source(TEXT))
    totals = run.totals
    assert (totals.tests, totals.passed, totals.failed, totals.errors, totals.skipped) == (5, 1, 1, 1, 2)
    lists, pays, _, waits, _ = run.cases
    assert (lists.suite, lists.name, lists.duration) == ("shop.Orders", "lists[n=1]", 0.25)
    assert lists.properties == (("feature", "orders"), ("severity", "critical"))
    [failure] = pays.failures
    assert (failure.type, failure.file, failure.line, failure.source_line) == (
        "java.lang.AssertionError",
        "Orders.java",
        7,
        8,
    )
    assert waits.properties == (("reason", "no stock"),)
    assert (run.info.started, run.info.duration) == ("2023-11-14T22:13:20.000+00:00", 2.5)
