"""What a set of messages shows: free words are holes, few are causes; long reports are known by their headlines."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.signature import Hole, explained, group, holes_of, normalize, templates_of
from triage.signature.headline import headline_of
from triage.signature.holes import MEANT, words_of
from triage.signature.normalize import _Normalizer

_NAMES = ["alice", "bob", "carol", "dave", "erin", "frank"]


def test_a_word_that_varies_freely_is_a_value() -> None:
    texts = [f"no mailbox for tenant {name} on this host" for name in _NAMES]
    assert group(texts) == [0] * len(_NAMES)


def test_a_word_with_few_values_is_a_cause() -> None:
    texts = [f"no mailbox for tenant {name} on this host" for name in _NAMES[:MEANT]]
    assert group(texts) == list(range(MEANT))


def test_two_words_vary_where_each_does_so_alone() -> None:
    texts = [
        f"user {a} may not write to {b} today"
        for a in _NAMES
        for b in ("cart", "order", "quota", "feed", "token")
    ]
    assert set(group(texts)) == {0}


@pytest.mark.parametrize(
    ("said", "few"),
    [
        ("no such file '{}' in the folder '{}'", MEANT),
        ("tenant {} may not write to the shared folder {} today", MEANT**2),
        ("{} asked for a lease of {} on '{}' and nobody gave it", MEANT**2),
    ],
)
def test_words_vary_together_where_no_two_messages_share_one(said: str, few: int) -> None:
    """What is quoted is a name; of other words it takes more messages to say so."""
    names = [a + b for a in ("ka", "lo", "mi") for b in ("rin", "vek", "dor", "sal", "tun", "bex")]
    texts = [
        said.format(*row) for row in zip(names, [name[::-1] for name in names], reversed(names), strict=True)
    ]
    texts = texts[: few + 1]
    assert group(texts) == [0] * len(texts)
    assert len(set(group(texts[:few]))) == few
    (template,) = templates_of(texts, group(texts))
    assert template.count("<word>") == said.count("{}")


def test_causes_that_differ_in_two_words_are_several() -> None:
    """Reports of a few hundred causes, each told in the words of its own two things."""
    things = ["cart", "order", "quota", "feed", "token", "stock", "price", "invoice"]
    texts = [
        f"LookupError: the {a} of the {b} is missing from the answer of the server"
        for a, b in zip(things, reversed(things), strict=True)
    ]
    assert len(set(group(texts))) == len(texts)


def test_sentences_that_share_their_small_words_alone_are_several() -> None:
    texts = [
        f"could not {verb} the {noun} because it is {state}"
        for verb, noun, state in zip(
            ("open", "send", "find", "lock", "read", "move"),
            ("cart", "order", "quota", "feed", "token", "stock"),
            ("gone", "old", "full", "torn", "empty", "sealed"),
            strict=True,
        )
    ]
    assert len(set(group(texts))) == len(texts)


def test_messages_that_differ_in_several_words_are_several() -> None:
    texts = [
        "the cart is empty now",
        "the order was lost here",
        "a token has expired again",
        "no lease could be had",
    ]
    assert group(texts) == [0, 1, 2, 3]


def test_short_messages_are_no_sentences_with_a_hole() -> None:
    assert len(set(group([f"{name} stopped" for name in _NAMES]))) == len(_NAMES)


@pytest.mark.parametrize("varied", [429, 500, 503, 403, 404, 401])
def test_a_status_is_never_a_value(varied: int) -> None:
    texts = [f"GET /v1/orders failed with status {status}" for status in (429, 500, 503, 403, 404, 401)]
    groups = group(texts)
    assert len(set(groups)) == len(texts)
    assert groups[texts.index(f"GET /v1/orders failed with status {varied}")] == groups.index(
        groups[(429, 500, 503, 403, 404, 401).index(varied)]
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SQLSTATE[42P01]: no such table", "SQLSTATE[42703]: no such table"),
        ("ORA-00942: not there", "ORA-01017: not there"),
        ("error TS2304: cannot find it", "error TS2345: cannot find it"),
        ("error[E0425]: cannot find it", "error[E0433]: cannot find it"),
        ("ERROR 1045 (28000): denied", "ERROR 1049 (42000): denied"),
        ("failed with HRESULT 0x80070005", "failed with HRESULT 0x80004005"),
        ("closed with code 1006", "closed with code 1011"),
        ("connect to db:5432 refused", "connect to db:6379 refused"),
        ("127.0.0.1:5432 refused", "127.0.0.1:9092 refused"),
        ("make: *** [all] Error 1", "make: *** [all] Error 137"),
        ("rpc error: code = Unavailable desc = gone", "rpc error: code = NotFound desc = gone"),
        ("worker died of SIGSEGV", "worker died of SIGKILL"),
        ("E042 the feed is broken", "E043 the feed is broken"),
        ("CFG0007: no such key", "CFG0012: no such key"),
        ("AUTH-003: refused", "AUTH-007: refused"),
        ("a.py:3:1: F401 is not clean", "a.py:3:1: F811 is not clean"),
        ("error C2065 in the unit", "error C2039 in the unit"),
        ("rule SA1019 was broken", "rule SA4006 was broken"),
        ("[X100] lease lost", "[X101] lease lost"),
        ("the step ended with exit value 2", "the step ended with exit value 3"),
        ("sqlstate=42P01 in the migration", "sqlstate=42703 in the migration"),
        ("SQLCODE: -803", "SQLCODE: -911"),
        ("Domain=Net Code=-1009", "Domain=Net Code=-1001"),
        ("exception 0xC0000005 in the worker", "exception 0xC0000409 in the worker"),
        ("upload failed [404]", "upload failed [500]"),
        ("this is no success: 404", "this is no success: 502"),
        ("Received 404", "Received 500"),
        ("gateway 520: /v1/rates", "gateway 503: /v1/rates"),
        ("BadReply: 502 on /v1/rates", "BadReply: 503 on /v1/rates"),
        ('no rows in table="cart"', 'no rows in table="orders"'),
        ("FAILED tests/test_cart.py::test_sum", "FAILED tests/test_order.py::test_sum"),
        ("IndexError\n    at add (cart.js:1:2)", "IndexError\n    at drop (cart.js:1:2)"),
        ("HTTP_STATUS=401 for the box", "HTTP_STATUS=500 for the box"),
        ("boxStatus=404 of it", "boxStatus=409 of it"),
        ("http 502 came", "http 504 came"),
        ("it got a 404 there", "it got a 410 there"),
        ("the shop answered with a 500 now", "the shop answered with a 503 now"),
        ("the feed saw the 429 error there", "the feed saw the 503 error there"),
        ("EXIT STATUS 2 of pack", "EXIT STATUS 3 of pack"),
        ("ERRNO=13 while packing", "ERRNO=28 while packing"),
        ("SIGNAL 9 ended it", "SIGNAL 11 ended it"),
        ("sig=9 ended it", "sig=11 ended it"),
        ("LASTEXITCODE = 3", "LASTEXITCODE = 4"),
        ("packing: err=5 of lid", "packing: err=7 of lid"),
        ("use-after-free in box_lid+0x1/0x2", "use-after-free in mug_lid+0x1/0x2"),
        ("use-after-free in kfree+0x1/0x2", "use-after-free in memcpy+0x1/0x2"),
        ("stopped in box!Lid+0x5d7", "stopped in box!Mug+0x5d7"),
        ("LidError1: it is shut", "LidError2: it is shut"),
        ("no answer of localhost/127.0.0.1:5432", "no answer of localhost/127.0.0.1:3306"),
        ("no answer of lids.svc/10.0.0.1:8080", "no answer of mugs.svc/10.0.0.1:8080"),
        ("no answer of lids/10.0.0.1:8080", "no answer of mugs/10.0.0.1:8080"),
        ("no such element {#Lid}", "no such element {#lid}"),
    ],
)
def test_codes_keep_apart(one: str, other: str) -> None:
    assert group([one, other]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SKU12345 is sold out", "SKU99812 is sold out"),
        ("order A1234 was lost", "order B9817 was lost"),
        ("DOC26050001 is closed", "DOC26050417 is closed"),
        ("QUOTE-2024-00417 is closed", "QUOTE-2025-01193 is closed"),
        (
            "W0616 21:41:24.642736     961 watch.go:341] too old",
            "W0702 01:41:24.100000      77 watch.go:341] too old",
        ),
        ("run.sh: line 404: /bin/tool is away", "run.sh: line 502: /bin/tool is away"),
        ("Uncaught RangeError: too deep a call", "RangeError: too deep a call"),
        ('an account with username "ann_77" exists', 'an account with username "bob" exists'),
        ("item abc123 is away", "item xyz789 is away"),
        ("basket_8f3a21 is empty", "basket_00bb99 is empty"),
        ("letter to a@b.c is lost", "letter to x@y.z is lost"),
        ("Uncaught (in promise) Error: too deep a call", "Error: too deep a call"),
        ("the lease is lost\nat 10:11:12", "the lease is lost\nat 11:12:13"),
        ("the query returned 200 rows", "the query returned 300 rows"),
        ("box 404 status=shut", "box 500 status=shut"),
        ("box 404 returned", "box 500 returned"),
        ("box 1.4-rc1 is shut", "box 1.4-rc2 is shut"),
        ("use-after-free in kfree+0x1/0x2", "use-after-free in kfree+0x81/0x92"),
        ("no answer of lids-1.svc/10.0.0.1:8080", "no answer of lids-2.svc/10.0.0.9:8081"),
        ("no answer of lids.svc/10.0.0.1:8080", "no answer of lids.svc/10.9.0.1:8080"),
        ("no lid for call_xyQrStUV9abLKcdEfGhIJ", "no lid for call_4kQrStUV9abLKcdEfGhIJ"),
    ],
)
def test_what_only_looks_like_a_code_is_a_value(one: str, other: str) -> None:
    assert group([one, other]) == [0, 0]


def test_half_a_surrogate_pair_is_text() -> None:
    assert group(["\ud800 ended with code 7", "\ud800 ended with code 8", "\ud800 ended with code 7"]) == [
        0,
        1,
        0,
    ]


def _compared(test: str, line: int, wanted: int, got: int, message: bool = True) -> str:
    said = f": expected:<{wanted}> but was:<{got}>" if message else ""
    return f"java.lang.AssertionError{said}\n\tat org.junit.Assert.fail(Assert.java:{line})\n\tat shop.CartTest.{test}(CartTest.java:{line})"


@pytest.mark.parametrize("message", [True, False])
def test_reports_that_only_compare_are_told_apart_by_their_frames(message: bool) -> None:
    reports = [
        _compared("adds", 12, 3, 4, message),
        _compared("adds", 14, 7, 9, message),
        _compared("removes", 12, 3, 4, message),
    ]
    assert group(reports) == [0, 0, 1]


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("lifetime 00:01:02, 12789 bytes (12.4 KB) sent", "lifetime <time>, <size> sent"),
        ("died Mon Nov 3 10:11:12 2025 at home", "died <time> at home"),
        ("db.prod.example.com:8443 is away", "<host> is away"),
        ("took 3 minutes, 2 seconds", "took <dur>"),
        ("session 9KX2M7PQ4 lost", "session <id> lost"),
        ("fe80::1 and [::1]:8080 are away", "<ip> and <ip> are away"),
        ("mask ffffffff of 00:1b:44:11:3a:b7", "mask <hex> of <hex>"),
        ("POST /v1/x HTTP/1.1 429", "POST <path> HTTP/1.1 429"),
        ("no user made: 429 Too Many Requests", "no user made: 429 Too Many Requests"),
        ("boom in main.go:12", "boom in main.go:<num>"),
        ("socket.io 10 left", "socket.io <num> left"),
        ("org.example.shop.Cart was empty", "org.example.shop.Cart was empty"),
        ("trace 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ended", "trace <hex> ended"),
    ],
)
def test_kinds_of_values(text: str, template: str) -> None:
    assert normalize(text) == template


def test_a_message_is_masked_alike_whatever_was_seen_before() -> None:
    texts = [
        "got 429 of 17",
        "got 430 of 18",
        "got 12 of 19",
        "assert 404 == 200",
        "assert 405 == 7",
        "code 7",
        "code 9",
    ]
    first = [normalize(text) for text in texts]
    assert [normalize(text) for text in reversed(texts)] == first[::-1]
    assert first[2] == "got <num> of <num>" and first[5] != first[6]


_WORDS = "tenant,429,17,3.5 s,10.0.0.1:80,lost,status,a/b.py,x,code,got,error,port,5432,(7),E1234,HTTP,at,="


@given(st.lists(st.sampled_from(_WORDS.split(",")), max_size=9))
def test_a_message_is_masked_as_if_it_were_the_first(words: list[str]) -> None:
    text = " ".join(words)
    assert normalize(text) == _Normalizer().template(text)


@given(st.lists(st.sampled_from(_WORDS.split(",")[:9]), max_size=9))
def test_the_values_of_holes_rebuild_the_text(words: list[str]) -> None:
    text = " ".join(words)
    template = normalize(text)
    rebuilt = template
    for hole in holes_of(template, text):
        rebuilt = rebuilt.replace(f"<{hole.kind}>", hole.value, 1)
    assert rebuilt == text


def test_words_of_a_template_have_one_kind_of_value() -> None:
    assert words_of("<host> sent <size> (<size>) to <ip>, <ip>.") == ("<v>", "sent", "<v>", "to", "<v>")


@pytest.mark.parametrize(
    ("report", "headline"),
    [
        (
            "POST /v1/cart\n{\n  'error': 'x'\n}\nTraceback (most recent call last):\n  File 'a.py', line 3, in f\n    g()\nKeyError: 'mug'",
            "KeyError: 'mug'",
        ),
        (
            "Traceback (most recent call last):\n  a\nKeyError: 1\n\nDuring handling of the above exception, another exception"
            " occurred:\n\nTraceback (most recent call last):\n  b\nshop.CartError: lost",
            "shop.CartError: lost",
        ),
        (
            "org.x.BeanException: wrapped\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: refused\n\tat d.E.f(E.java:2)",
            "java.net.ConnectException: refused",
        ),
        (
            "- Expected\n+ Received\n  a: 1\nAssertionError: totals differ\n    at run (a.js:1:2)",
            "AssertionError: totals differ",
        ),
        (
            "AssertionError:\nExpected: 3 carts\n     got: 4 carts\nat x",
            "AssertionError: Expected: 3 carts got: 4 carts",
        ),
        ("starting\nERROR: disk is full\ndone", "ERROR: disk is full"),
        ("nothing to say\nhere", "nothing to say"),
        ("of one:\n  a mug\n  a jug", "of one: a mug a jug"),
        ("the lid is open\n  at lid (box.js:1:2)\n  at run (box.js:7:1)", "the lid is open"),
        ("pack the box\nstatus: 403,", "pack the box (status: 403)"),
        ("Command failed: pack\nExit code: 137", "Command failed: pack (Exit code: 137)"),
        ("PACKING FAILED\nHTTP_STATUS=401", "PACKING FAILED (HTTP_STATUS=401)"),
        (
            "box.cpp:21: FAILED:\n  CHECK( lids(1) == 3 )\nwith expansion:\n  2 == 3",
            "box.cpp:21: FAILED: CHECK( lids(1) == 3 ) with expansion: 2 == 3",
        ),
        (
            "ok so far\nAlso the teardown failed:\nthe till is stuck",
            "Also the teardown failed: the till is stuck",
        ),
        (
            "panic: test timed out after 8m0s\nrunning tests:\n\tTestLids (7m59s)\n\ngoroutine 4 [running]:",
            "panic: test timed out after 8m0s: running tests: TestLids (7m59s)",
        ),
        (
            "the lids are wrong\n{code=7}\nstack traceback:\n\tbox.lua:3: in function 'lid'",
            "the lids are wrong",
        ),
        (
            "[  12.000341] general protection fault: 0000 [#1] SMP\n[  12.000350] CPU: 1 PID: 7\n[  12.000360] RIP: 0010:box_lid.part.3+0x1f/0x80",
            "general protection fault: 0000 [#1] SMP in box_lid",
        ),
        ("one line", "one line"),
    ],
)
def test_the_headline_of_a_report(report: str, headline: str) -> None:
    assert headline_of(report) == headline


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the lids are wrong\nwanted: 3\ngot: 4", "the mugs are wrong\nwanted: 3\ngot: 4"),
        (
            "the lids are wrong\nFailed asserting that 3 is 4.",
            "the mugs are wrong\nFailed asserting that 3 is 4.",
        ),
        ("pack failed\nstatus: 403", "send failed\nstatus: 403"),
        ("Timeout of 50ms exceeded\n  waiting for #lid", "Timeout of 50ms exceeded\n  waiting for #mug"),
        ("ERROR in ./box.js 3:1\nno such lid", "ERROR in ./mug.js 9:2-7\nnothing to sip"),
        ("Command failed: pack\nExit code: 1", "Command failed: pack\nExit code: 2"),
        (
            "java.lang.AssertionError: expected [3] but found [4]\n\tat box.BoxTest.lids(BoxTest.java:3)",
            "java.lang.AssertionError: expected [3] but found [4]\n\tat box.MugTest.sips(MugTest.java:3)",
        ),
    ],
)
def test_what_a_report_begins_with_tells_it_apart(one: str, other: str) -> None:
    """Where no line of it names a cause; the last lines are those of a comparison, an answer or a command."""
    assert group([one, other]) == [0, 1]


def test_a_file_above_is_no_sentence() -> None:
    reports = [
        f"box/{file}_of_wood.js\n{said}" for file in ("lid", "mug") for said in ("it is shut", "it leaks")
    ]
    assert group(reports) == [0, 1, 0, 1]


def test_what_a_comparison_found_is_no_other_report() -> None:
    reports = [f"the lids are wrong\nwanted: {n}\ngot: {n + 1}\n    at lid (box.js:{n}:2)" for n in range(3)]
    assert group(reports) == [0, 0, 0]


def test_when_a_kernel_said_something_is_no_part_of_it() -> None:
    said = "INFO: lock held\nbox/7 wants:\n (lid){+.+.}, at: [<ffffffff8105bbd0>] box_lid+0x0/0xb0"
    stamped = "\n".join(f"[ 1722.51{at}384] {line}" for at, line in enumerate(said.split("\n")))
    assert group([said, stamped, said.replace("box_lid", "mug_lid")]) == [0, 0, 1]


_FOUND = """==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602 at pc 0x501
READ of size 4 at 0x602 thread T0
    #0 0x501 in __asan_memcpy (/srv/box+0x501)
    #1 0x502 in box::{name}(int, char const*) /srv/box.cc:{line}:3
    #2 0x503 in main /srv/main.cc:9

freed by thread T0 here:
    #0 0x601 in free (/srv/box+0x601)
    #1 0x602 in box::shut() /srv/box.cc:80
"""
_TRAPPED = """Fatal trap 12: page fault while in kernel mode
current process = {line} (box)
panic: page fault
#0 0xffffffff80aad at kdb_backtrace+0x67
#1 0xffffffff80ec3 at calltrap+0x8
#2 0xffffffff81030 at {name}+0x{line}
"""
_STOPPED = """uvm_fault(0x{line}, 0x0, 0, 1) -> e
kernel: page fault trap, code=0
Stopped at      {name}+0x{line}:      movq    0(%rax),%rcx
"""


@pytest.mark.parametrize("report", [_FOUND, _TRAPPED, _STOPPED])
def test_a_trap_and_what_a_sanitizer_found_are_told_apart_by_what_ran(report: str) -> None:
    said = [("open", 12), ("open", 57), ("close", 12)]
    assert group([report.format(name=name, line=line) for name, line in said]) == [0, 0, 1]


def test_what_a_sanitizer_found_is_one_with_its_summary_or_without() -> None:
    report = _FOUND.format(name="open", line=3)
    assert group(
        [report, f"{report}\nSUMMARY: AddressSanitizer: heap-use-after-free /srv/box+0x501 in memcpy"]
    ) == [0, 0]
    assert headline_of(report) == "AddressSanitizer: heap-use-after-free in box::open"


@pytest.mark.parametrize(
    ("frame", "function"),
    [
        ("0x1 in operator new(unsigned long) (/srv/box+0x1)", "box::shut"),
        ("0x1 in interceptor_free (/usr/lib/libclang_rt.asan_osx_dynamic.dylib:arm64+0x2)", "box::shut"),
        ("0x1 in void box::fill<int>(int*, unsigned long) /srv/box.h:3", "box::fill<int>"),
        ("0x1 in box::(anonymous namespace)::lid(int) /srv/box.cc:3:1", "box::lid"),
        (r"0x1 in box::Lid::Turn z:\\srv\\box.cpp:1271", "box::Lid::Turn"),
        ("turn /srv/box.c:7 (box+0x4a)", "turn"),
        ("0x1 in turn+0x890 (box:arm64+0x2)", "turn"),
    ],
)
def test_what_ran_when_a_sanitizer_found_something(frame: str, function: str) -> None:
    report = f"==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n    #0 {frame}\n    #1 0x2 in box::shut() /srv/box.cc:8\n"
    assert headline_of(report) == f"AddressSanitizer: SEGV in {function}"


def test_what_a_sanitizer_found_in_its_own_functions_alone_is_as_it_says() -> None:
    report = "\n".join(_FOUND.format(name="open", line=3).split("\n")[:3])
    assert headline_of(report).startswith("==7==ERROR: AddressSanitizer: heap-use-after-free on address")


def test_reports_are_grouped_by_their_headlines() -> None:
    reports = [
        f"{'dump ' * at}\n{{'id': {at}}}\nTypeError: {what} is not a function\n    at f{at} (/srv/a{at}.js:{at}:1)"
        for at, what in enumerate(["cart", "order", "cart", "order", "cart"])
    ]
    assert group(reports) == [0, 1, 0, 1, 0]


_PARTS = st.lists(st.sampled_from(["a", " b", "c ", " ", "<num>", "<x>", "\n"]), max_size=9).map("".join)


@given(_PARTS, st.text("abc 1\n", max_size=12))
def test_holes_put_back_make_the_text(template: str, text: str) -> None:
    """And there are none exactly where no filling of the template gives it."""
    said = " ".join(text.split())
    pieces = re.split(r"(<[a-z]+>)", template)
    fits = re.fullmatch(
        "".join("(.+?)" if piece in ("<num>", "<x>") else re.escape(piece) for piece in pieces), said
    )
    values = iter(fits.groups() if fits else ())
    kinds = re.findall(r"<([a-z]+)>", template)
    assert holes_of(template, text) == (tuple(Hole(kind, next(values)) for kind in kinds) if fits else ())


def test_words_that_vary_freely_are_opened_and_nothing_else() -> None:
    said = [
        f"3 retries of the job '{name}' left by Ann on host-{at}: TimeoutError."
        for at, name in enumerate(["ann", "bob", "cid", "dora", "eve", "fred"])
    ]
    numbers = group(said)
    [(template, holes)] = explained(said, numbers)
    assert templates_of(said, numbers) == [template]
    assert template == "<num> retries of the job '<word>' left by Ann on host-<num>: TimeoutError."
    assert [(one.kind, one.different) for one in holes] == [("num", 1), ("word", 6), ("num", 6)]
    assert all(sum(times for _, times in one.values) == len(said) for one in holes)


@given(st.lists(st.from_regex("[a-z]{1,6}x", fullmatch=True), min_size=MEANT + 1, unique=True), st.data())
def test_all_values_of_a_free_word_are_counted(names: list[str], data: st.DataObject) -> None:
    names += data.draw(st.lists(st.sampled_from(names), max_size=9))
    said = [f"no such customer {name!r} in our shop{'.' * data.draw(st.integers(0, 3))}" for name in names]
    [(template, [customer])] = explained(said, group(said))
    assert template.startswith("no such customer '<word>' in our shop")
    assert dict(customer.values).items() <= Counter(names).items()
    assert customer.different == len(set(names))


def test_a_free_word_that_holds_a_number_is_one_value() -> None:
    names = ["root_domain", "usr_domain", "var_domain", "tmp_domain", "opt_domain", "root28_domain"]
    said = [f"the domain {name} is no longer served by node-{at}" for at, name in enumerate(names)]
    [(template, (domain, node))] = explained(said, group(said))
    assert template == "the domain <word> is no longer served by node-<num>"
    assert (dict(domain.values), node.different) == (dict.fromkeys(names, 1), 6)


def test_values_of_a_report_without_the_place_that_tells_it_apart() -> None:
    reports = [
        f'Traceback (most recent call last):\n  File "/srv/shop/cart.py", line 7, in total\nAssertionError: assert {n} == 5'
        for n in (3, 4)
    ]
    [(template, (got, _))] = explained(reports, group(reports))
    assert template == "AssertionError: assert <num> == <num> @ total"
    assert got.values == (("3", 1), ("4", 1))
