"""Open Test Reporting: events and hierarchies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.ingest import Source, collect
from triage.model import Outcome

TextSource = Callable[[str | bytes], Source]

CORE = "https://schemas.opentest4j.org/reporting"
EVENTS = (
    f'<?xml version="1.0"?>\n<e:events xmlns="{CORE}/core/0.2.0" xmlns:e="{CORE}/events/0.2.0"'
    f' xmlns:java="{CORE}/java/0.2.0" xmlns:junit="https://schemas.junit.org/open-test-reporting">\n'
)
HIERARCHY = f'<h:execution xmlns:h="{CORE}/hierarchy/0.2.0" xmlns="{CORE}/core/0.2.0">\n'


def started(id_: int, name: str, parent: int = 0, *, kind: str = "", more: str = "") -> str:
    around = f' parentId="{parent}"' if parent else ""
    type_ = f"<metadata><junit:type>{kind}</junit:type>{more}</metadata>" if kind else ""
    method = (
        '<sources><java:methodSource className="shop.Cart" methodName="m"/></sources>'
        if kind == "TEST"
        else ""
    )
    return f'<e:started id="{id_}" name="{name}"{around} time="2024-01-15T11:00:0{id_}.000000001Z">{type_}{method}</e:started>\n'


def finished(id_: int, status: str, inner: str = "") -> str:
    result = f'<result status="{status}">{inner}</result>' if status else ""
    return f'<e:finished id="{id_}" time="2024-01-15T11:00:0{id_}.250Z">{result}</e:finished>\n'


def test_events_of_junit(text_source: TextSource) -> None:
    thrown = (
        '<reason>no money</reason><java:throwable assertionError="true" type="org.opentest4j.AssertionFailedError"><![CDATA['
        "org.opentest4j.AssertionFailedError: no money\n\tat shop.Cart.pays(Cart.java:12)\n]]></java:throwable>"
    )
    legacy = "<junit:legacyReportingName>pays(int)[1]</junit:legacyReportingName><tags><tag>slow</tag></tags>"
    text = EVENTS + "".join(
        (
            "<infrastructure><operatingSystem>Linux</operatingSystem><userName>me</userName></infrastructure>",
            started(1, "JUnit Jupiter", kind="CONTAINER"),
            started(2, "Cart", 1, kind="CONTAINER"),
            started(3, "pays 1 euro", 2, kind="TEST", more=legacy),
            started(4, "waits", 2, kind="TEST"),
            '<e:reported id="3"><attachments><output source="stdout">hello</output></attachments></e:reported>',
            finished(4, "ABORTED", "<reason>no network</reason>"),
            finished(3, "FAILED", thrown),
            started(5, "empty", 2, kind="CONTAINER"),
            finished(5, "SUCCESSFUL"),
            finished(2, "SUCCESSFUL"),
            finished(1, "SUCCESSFUL"),
            "</e:events>",
        )
    )
    run = collect(text_source(text))
    waits, pays = run.cases
    assert (run.format, run.info.environment, run.failures) == ("open-test-xml", "Linux", ())
    assert run.info.properties == (("operatingSystem", "Linux"),)
    assert (waits.outcome, waits.properties) == (Outcome.SKIPPED, (("reason", "no network"),))
    assert (pays.id, pays.outcome, pays.output) == ("shop.Cart::pays(int)[1]", Outcome.FAILED, "hello")
    assert pays.properties == (("display-name", "pays 1 euro"), ("tag", "slow"))
    assert pays.duration == pytest.approx(0.25, abs=0.001)
    [failure] = pays.failures
    assert (failure.message, failure.type) == ("no money", "org.opentest4j.AssertionFailedError")
    assert (failure.file, failure.line, failure.kind) == ("Cart.java", 12, "failure")
    assert text.split("\n")[(failure.source_line or 0) - 1].endswith(
        "org.opentest4j.AssertionFailedError: no money"
    )


def test_what_broke_around_tests(text_source: TextSource) -> None:
    text = EVENTS + "".join(
        (
            started(1, "Cart"),
            finished(1, "ERRORED"),
            started(2, "Till"),
            started(3, "opens", 2),
            finished(3, "FAILED"),
            finished(2, "FAILED"),
            started(4, "Bank"),
            started(5, "lends", 4),
            finished(5, "SUCCESSFUL"),
            finished(4, "FAILED", "<reason>vault still open</reason>"),
            "</e:events>",
        )
    )
    run = collect(text_source(text))
    assert [(case.id, case.outcome.value) for case in run.cases] == [
        ("Till::opens", "failed"),
        ("Bank::lends", "passed"),
    ]
    assert run.cases[0].failures[0].message == "the report says 'FAILED', and not why"
    cart, bank = (failure.message for failure in run.failures)
    assert (cart, bank) == ("Cart ended as ERRORED, and none of its tests says why", "vault still open")


def test_events_that_stop(text_source: TextSource) -> None:
    run = collect(text_source(EVENTS + started(1, "Cart") + started(2, "pays", 1) + started(3, "waits", 1)))
    assert [(case.name, case.outcome) for case in run.cases] == [
        ("pays", Outcome.ERROR),
        ("waits", Outcome.ERROR),
    ]
    assert "ends too early" in run.warnings[-1].text


def test_what_holds_tests_may_begin_after_them_and_end_before(text_source: TextSource) -> None:
    text = (
        EVENTS + started(1, "Shop") + started(3, "pays", 2) + started(4, "opens", 2) + finished(3, "ERRORED")
        + started(2, "Till", 1) + finished(2, "SUCCESSFUL") + finished(1, "SUCCESSFUL") + finished(4, "SUCCESSFUL")
        + "</e:events>"
    )  # fmt: skip
    run = collect(text_source(text))
    assert [(case.name, case.outcome) for case in run.cases] == [
        ("pays", Outcome.ERROR),
        ("opens", Outcome.PASSED),
    ]
    assert (run.cases[1].suite, run.failures, run.warnings) == ("Shop > Till", (), ())


def test_a_hierarchy(text_source: TextSource) -> None:
    ok = '<result status="SUCCESSFUL"/>'
    text = (
        f'{HIERARCHY}<h:root name="Cart" start="2024-01-15T10:30:00Z" duration="PT1M2.5S"><result status="FAILED"/>'
        f'<h:child name="deep" duration="PT1S">{ok}'
        f'<h:child name="pays" duration="PT1H0.5S">{ok}</h:child></h:child>'
        '<h:child name="waits" duration="P"><result status="ERRORED"><reason>java.io.IOException: gone</reason></result></h:child>'
        f'</h:root><h:root name="Nothing">{ok}</h:root></h:execution>'
    )
    run = collect(text_source(text))
    pays, waits = run.cases
    assert (pays.id, pays.duration, pays.outcome) == ("Cart > deep::pays", 3600.5, Outcome.PASSED)
    assert (waits.id, waits.duration, waits.outcome) == ("Cart::waits", None, Outcome.ERROR)
    assert (waits.failures[0].type, run.info.started, run.failures) == (
        "java.io.IOException",
        "2024-01-15T10:30:00Z",
        (),
    )
