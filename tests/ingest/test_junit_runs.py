"""Runs of passed cases, read with a pattern, are what expat would have made of them."""

from __future__ import annotations

import io
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from triage.ingest import IngestError, Source
from triage.ingest.readers.junit_xml import READER
from triage.ingest.runners.junit_runs import Runs
from triage.model import CaseResult, Item, Outcome, cases_of_one_try

_PLAIN = '<testcase classname="t.C" name="a" time="0.1"/>'

_values = st.one_of(
    st.sampled_from(
        ["t.test_a.C", "a", "b[1]", " a ", "", "x &lt; y", "&amp;lt;", "&#65;", "1,5", "0.25", "nan", "7"]
    ),
    st.text(st.sampled_from("ab.é\u00a0\t>' \x01"), max_size=6),
)
_names = st.sampled_from(
    [
        "name",
        "classname",
        "time",
        "file",
        "line",
        "status",
        "assertions",
        "id",
        "owner",
        "n:name",
        "class",
        "result",
    ]
)
_quotes = st.sampled_from(['"', '"', '"', "'"])
_spaces = st.sampled_from([" ", " ", "  ", "\n", "\t", "\r\n"])
_texts = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\n  at x (a.js:3:1)\n",
            "AssertionError: a",
            'File "a.py", line 3, in b',
            "x\r\ny",
            "]]>",
            "a.C",
            "tests/test_a.py:3: in test_a\nE   assert 1 == 2",
            "\nsaid\n[[ATTACHMENT|a.png]]\n",
        ]
    ),
    st.sampled_from(
        ["&lt;b&gt;", "&#10;", "&#x1F600;", "&#0;", "&#xD800;", "&nbsp;", "<![CDATA[a < b]]>", "\x1b[31mred"]
    ),
    st.sampled_from(
        ["<![CDATA[Error: a\n\tat b.C.d(C.java:3)]]>", "<![CDATA[x]] > y]]>", " <![CDATA[z]]>", "a<!-- b -->"]
    ),
)
_attributes = st.sampled_from(
    [
        "",
        ' message="a"',
        " message='say \"a\"'",
        ' message="a&#10;b"',
        ' message="a\nb" type="E"',
        ' type="pytest.xfail"',
    ]
)
_children = st.one_of(
    st.just(""),
    st.just(
        '<properties><property name="owner" value="till"/>\n<property name="tag" value="a"/></properties>'
    ),
    st.just('<properties><property name="repetition" value="1"/></properties>'),
    st.just('<properties><property name="note">text</property></properties>'),
    st.builds(
        lambda name, attributes, text: f"<{name}{attributes}>{text}</{name}>",
        st.sampled_from(["skipped", "failure", "error", "system-out", "system-err", "rerunFailure"]),
        _attributes,
        _texts,
    ),
    st.builds(
        lambda name, said: f"<{name}{said}/>", st.sampled_from(["skipped", "failure", "error"]), _attributes
    ),
)
_ends = st.one_of(
    st.sampled_from(["/>", " />", "></testcase>", ">\n</testcase>", "> </testcase >"]),
    st.builds(
        lambda space, one, other: f">{space}{one}{space}{other}</testcase>", _spaces, _children, _children
    ),
)


@st.composite
def _case(draw: st.DrawFn) -> str:
    pairs = draw(
        st.lists(
            st.tuples(_names, _values, _quotes, _spaces), min_size=1, max_size=5, unique_by=lambda p: p[0]
        )
    )
    said = "".join(
        f"{space}{name}={quote}{value.replace(quote, '')}{quote}" for name, value, quote, space in pairs
    )
    return f"<testcase{said}{draw(_ends)}"


@st.composite
def _cases(draw: st.DrawFn) -> str:
    """Some cases of one shape in a row."""
    space, end = draw(_spaces), draw(_ends)
    rows = draw(st.lists(st.tuples(st.sampled_from("abc"), _values, _values), min_size=1, max_size=6))
    return draw(_spaces).join(
        f'<testcase{space}classname="t.{c}"{space}name="{n.replace(chr(34), "")}" time="{t.replace(chr(34), "")}"{end}'
        for c, n, t in rows
    )


_others = st.sampled_from(
    [
        f"<!-- {_PLAIN} -->",
        f"<![CDATA[{_PLAIN}]]>",
        f"<system-out><![CDATA[{_PLAIN}\n{_PLAIN}]]></system-out>",
        f'<testcase name="q"><failure><![CDATA[{_PLAIN}]]> {_PLAIN}</failure></testcase>',
        f'<testcase name="outer">{_PLAIN}{_PLAIN}</testcase>',
        f"<?php {_PLAIN} ?>",
        f"<x:testcase xmlns:x='u' name='n'/><other>{_PLAIN}</other>",
        '<properties><property name="owner" value="till"/></properties>',
        "</testsuite><testsuite name='next' file='f.py'>",
        "&amp; text \r\n",
        "<error message='of the suite'/>",
        "<!-- fail 3 -->",
        "<?run?>",
    ]
)
_documents = st.builds(
    lambda name, parts, tail: (
        f"<testsuites><testsuite name='{name}'>{''.join(parts)}</testsuite></testsuites>{tail}"
    ),
    st.sampled_from(["pytest", "s", "jest tests", "a"]),
    st.lists(st.one_of(_case(), _cases(), _cases(), _others, _spaces), max_size=12),
    st.sampled_from(["", "\n", "junk", f"<testsuite>{_PLAIN}{_PLAIN}</testsuite>"]),
)


def _read(data: bytes, chunk: int, *, runs: bool) -> list[Item] | str:
    source = Source("inline", lambda: io.BytesIO(data))
    find = Runs.within if runs else lambda self, chunk: []
    with mock.patch.object(Runs, "within", find), mock.patch("triage.ingest.xml_bytes.CHUNK", chunk):
        try:
            return list(READER.read(source))
        except IngestError as error:
            return str(error)


@given(document=_documents, chunk=st.sampled_from([17, 64, 200, 1 << 17]), cut=st.floats(0, 1))
@example(document=f"<testsuite>{_PLAIN * 3}</testsuite>", chunk=1 << 17, cut=1.0)
@example(document=f"<testsuite><!-- {_PLAIN * 3} --></testsuite>", chunk=1 << 17, cut=1.0)
@example(
    document=f'<testsuite><testcase name="q"><failure><![CDATA[{_PLAIN}]]> {_PLAIN}</failure></testcase></testsuite>junk',
    chunk=1 << 17,
    cut=0.0,
)
@example(  # each fails as the one before it and wrote something, but one has its class and its line elsewhere
    document="<testsuites><testsuite>"
    + "".join(
        f"<testcase classname='{classname}' class='b' name='n' file='f.py:7' line='{line}'>"
        "<properties><property name='tag' value='a'/></properties><system-out>a\n</system-out>"
        "<failure type='E'>f.py:8: in a</failure><system-err>b</system-err></testcase>"
        for classname, line in (("a", "3"), ("", "4"), ("a", ""))
    )
    + "</testsuite></testsuites>",
    chunk=1 << 17,
    cut=0.0,
)
@example(  # what hides a run, and breaks the file in the same chunk
    document=f"<testsuite><!-- {_PLAIN} --><testcase name='b'/><testcase name='c'><skipped>]]></skipped></testcase></testsuite>",
    chunk=1 << 17,
    cut=0.0,
)
@example(
    document=f"<testsuite>{_PLAIN}<testcase name='b'>\n<failure\nmessage='m'>\nE\n</failure></testcase><testcase name='c'><skipped/></testcase></testsuite>",
    chunk=1 << 17,
    cut=0.0,
)
@example(  # a reason that says no more than the name, which has spaces around it
    document="<testsuite><testcase classname='c' name=' a '><skipped message='a'>&lt;b&gt;</skipped></testcase></testsuite>",
    chunk=1 << 17,
    cut=0.0,
)
def test_runs_are_what_expat_reads(document: str, chunk: int, cut: float) -> None:
    data = document.encode()
    data = data[: round(len(data) * cut)] if cut > 0.5 else data
    # By their texts, since a duration may be no number.
    assert repr(_read(data, chunk, runs=True)) == repr(_read(data, chunk, runs=False))


def test_runs_are_found() -> None:
    data = f"<testsuite name='s'>{_PLAIN * 3}</testsuite>".encode()
    [run] = Runs().within(data)
    assert [part[1:] for part in run.parts] == [(0, 3)]
    assert not Runs().within(b"<testcase name='a'><other/></testcase>")


def test_what_failed_or_was_skipped_is_found_in_the_same_run() -> None:
    cases = (
        _PLAIN
        + "<testcase name='b'><failure message='m' type=\"E\">at x &lt;y&gt;</failure><system-out><![CDATA[o]]></system-out></testcase>\n"
        + '<testcase classname="t.C" name="c"><skipped message="later"/></testcase>'
        + '<testcase classname="t.C" name="d"><properties><property name="owner" value="till"/></properties></testcase>'
    )
    [run] = Runs().within(f"<testsuite>{cases}</testsuite>".encode())
    assert (run.start, run.end) == (11, 11 + len(cases))
    assert [[child.name for child in rows.children] for rows, _, _ in run.parts] == [
        [],
        ["failure", "system-out"],
        ["skipped"],
        ["property"],
    ]
    [_, (failed, _, _), *_] = run.parts
    assert failed.children[0].columns == {"message": ["m"], "type": ["E"], "": ["at x <y>"]}


def test_a_case_made_quickly_is_a_case() -> None:
    [quick] = cases_of_one_try(
        [("n", ("f.py", "s"), 3, 0.5, (Outcome.SKIPPED, (("owner", "till"),), (), ""))]
    )
    slow = CaseResult("n", Outcome.SKIPPED, "s", "f.py", 3, 0.5, properties=(("owner", "till"),))
    assert quick == slow and hash(quick) == hash(slow) and type(quick) is CaseResult
