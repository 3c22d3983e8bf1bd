"""Whole classes of values: messages that differ in them alone fall together; what says what happened keeps apart."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from triage.signature import group, normalize
from triage.signature.headline import headline_of

_NUMBER = st.integers(0, 10**12).map(str)
_PLACE = st.integers(2, 9_999).map(str)
_HEX = "0123456789abcdef"


def _of(alphabet: str, least: int, most: int = 0) -> SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most or least)


def _with_digit(alphabet: str, size: int) -> SearchStrategy[str]:
    """Text with a digit and a letter in it, as all but every random id has them."""
    return _of(alphabet, size).filter(
        lambda text: any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    )


_CLOCK = st.times().map(lambda at: at.strftime("%H:%M:%S"))
_DATETIMES = st.datetimes()

_VALUES: dict[str, tuple[str, SearchStrategy[str]]] = {
    "count": ("{} widgets were left in the tray", _PLACE),
    "number": ("offset {} is behind the end", _NUMBER),
    "float": ("ratio {} is no ratio", st.tuples(_NUMBER, _NUMBER).map(".".join)),
    "negative": ("balance {} is below the limit", _NUMBER.map("-{}".format)),
    "percent": ("only {}% were covered", st.integers(0, 100).map(str)),
    "thousands": ("{} rows were too many", st.integers(0, 10**9).map("{:,}".format)),
    "uuid": ("cart {} is locked", st.uuids().map(str)),
    "uuid in a name": ("bucket parcel-{} is there already", st.uuids().map(str)),
    "hex": ("image {} was not found", _with_digit(_HEX, 40)),
    "short hex": ("broken since {}", _with_digit(_HEX, 7)),
    "digest": ("pulled shop/cart@sha256:{} in vain", _with_digit(_HEX, 64)),
    "address": ("<Cart object at 0x{}> has no owner", _of(_HEX, 12)),
    "object": ("cannot cast shop.Cart@{} to Basket", _with_digit(_HEX, 8)),
    "ulid": ("parcel {} got lost", _with_digit("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 25).map("0{}".format)),
    "id with prefix": ("no such request req_{}", _with_digit(string.ascii_letters + string.digits, 14)),
    "id with words": ("unexpected tool tool_call_{}", _with_digit(string.ascii_letters + string.digits, 12).filter(
        lambda text: text.lower() != text != text.upper()).map("0{}".format)),
    "suffix": ("worker cart-worker-{} exited", _with_digit(_HEX, 6)),
    "proxy": ("no such method com.sun.proxy.$Proxy{}.total", _PLACE),
    "rate": ("disk reads at {}/s at most", st.tuples(
        st.integers(1, 9_999), st.sampled_from(["kB", " KB", " MiB", "MB"])).map(lambda pair: f"{pair[0]}{pair[1]}")),
    "id with key": ("rejected, requestId={}", _with_digit(string.ascii_letters + string.digits, 12)),
    "deployed pod": ("pod cart-{} is not ready", st.tuples(
        _of("bcdf456789", 10), _of("bcdfghjklmnpqrstvwxz2456789", 5)).filter(
        lambda pair: any(char.isdigit() for char in pair[0])).map("-".join)),
    "pod": ("pod kafka-{} is not ready", st.integers(0, 99).map(str)),
    "node": ("runner worker{} went away", st.integers(0, 99).map(str)),
    "selector": ("waiting for selector .row-{} timed out", _PLACE),
    "thread": ("[pool-{}] task was rejected", st.tuples(_PLACE, _PLACE).map("-thread-".join)),
    "ephemeral port": ("connect to localhost:{} was refused", st.integers(49_152, 65_535).map(str)),
    "ip": ("no route to {}", st.ip_addresses(v=4).map(str)),
    "ipv6": ("no route to [{}]:443", st.ip_addresses(v=6).map(str)),
    "host": ("cannot resolve {}.prod.example.com", _with_digit(string.ascii_lowercase + string.digits, 6).map("n{}n".format)),
    "mac": ("interface {} is down", st.lists(_of(_HEX, 2), min_size=6, max_size=6).map(":".join)),
    "iso time": ("certificate expired at {} already", _DATETIMES.map(lambda at: at.isoformat(timespec="milliseconds") + "Z")),
    "date": ("nothing was booked on {}", st.dates().map(str)),
    "http date": ("gone since {}", _DATETIMES.map(lambda at: f"{at:%a, %d %b} {at.year:04} {at:%H:%M:%S} GMT")),
    "date in words": ("gone since {}", _DATETIMES.map(lambda at: f"{at:%B} {at.day}, {at.year:04}")),
    "clock": ("stalled at {} on the way", _CLOCK),
    "duration": ("no answer within {} from the till", st.tuples(
        st.integers(1, 9_999), st.sampled_from(["ms", "s", " ms", " seconds", " minutes", "m", "h"])).map(lambda pair: f"{pair[0]}{pair[1]}")),
    "one or many": ("{} in the tray", st.integers(1, 50).map(lambda count: f"{count} error{'' if count == 1 else 's'}")),
    "size": ("only {} of memory left", st.tuples(
        st.integers(1, 9_999), st.sampled_from(["B", "kB", " KB", " MiB", "MB", " GB", " bytes"])).map(lambda pair: f"{pair[0]}{pair[1]}")),
    "version": ("cart {} is too old", st.tuples(_PLACE, _PLACE, _PLACE).map(".".join)),
    "email": ("no mailbox for {} here", _of(string.ascii_lowercase, 3, 9).map("{}@example.org".format)),
    "user": ("login failed for user {}", st.sampled_from(["alice", "bob", "svc-cart", "j.doe", "x"])),
    "posix path": ("cannot open /var/{}", st.tuples(
        _of(string.ascii_lowercase, 1, 9), _of(string.ascii_lowercase, 1, 9)).map("/".join).map("{}.csv".format)),
    "windows path": (r"cannot open C:\Users\{}", st.tuples(
        _of(string.ascii_lowercase, 1, 9), _of(string.ascii_lowercase, 1, 9)).map("\\".join)),
    "temporary directory": ("no such file: /tmp/tmp{}/out", _of(string.ascii_lowercase + string.digits + "_", 8)),
    "url": ("GET https://shop.example.com/{} failed", st.tuples(
        _of(string.ascii_lowercase, 1, 9), _PLACE).map("/".join)),
    "rest path": ("GET /api/carts/{}/lines was empty", _PLACE),
    "line and column": ("cart.js:{}: it is no cart", st.tuples(_PLACE, _PLACE).map(":".join)),
    "list of numbers": ("shape [{}] is no shape", st.lists(_PLACE, min_size=1, max_size=6).map(", ".join)),
    "retry": ("attempt {} of 9 went wrong", st.integers(1, 9).map(str)),
    "asset": ("cannot load index-{}.js", _with_digit(string.ascii_letters + string.digits, 8)),
    "number in a name": ("no such table orders_{} here", _NUMBER),
    "entered text": ('invalid literal for a price: "{}"', st.sampled_from(["7,5", "free", "a dozen", "x1"])),
    "parsed text": ("cannot use it: parsing '{}' went wrong", st.sampled_from(["tomorrow", "31.2.", "2026-13-01"])),
    "compared text": ("expected: <{}> but was: <mug>", st.sampled_from(["jar", "cup of tea", "pan"])),
    "literal of SQL": ("SELECT 1 FROM cart WHERE owner = '{}' AND open: lock timeout", st.sampled_from(["ann", "bob", "o k"])),
    "list of SQL": ("DELETE FROM cart WHERE id IN ({}): lock timeout", st.lists(_PLACE, min_size=1, max_size=9).map(", ".join)),
    "file of data": ("'{}.xlsx' has no sheet", st.sampled_from(["budget", "my carts", "Q4_final"])),
    "dump": ("odd bytes: {}", st.lists(_of(_HEX, 2), min_size=6, max_size=16).map(" ".join)),
    "base64": ("odd answer: {}", st.sampled_from(["AbcdeXYZ0123+/=", "Zm9vYmFyYmF6cXV4Cg==", "dGhpcyBpcyBhIG11Zw=="])),
    "flag": ("cart failed with dry=False gift={}", st.sampled_from(["True", "False"])),
    "id in JSON": ('{{"cart_id": "{}", "error": "lost"}}', st.sampled_from(["summer", "w17", "a-1"])),
    "payload": ("no such field in it [input={}]", st.sampled_from(["{'a': 1}", "{'b': {'c': [1, 2]}, 'd': None}"])),
    "id behind its name": ("invoice {} is open", st.sampled_from(["k9Mtd2gDcgG", "abc12345", "7fKp2aWqZzLm4Nb8x"])),
    "id of a request": ("timed out request={} on the way", st.sampled_from(["req-abc", "r17", "xyz"])),
    "account": ("Failed password for {} from 10.0.0.7 port 22", st.sampled_from(["root", "ann", "backup7"])),
    "case": ("{}: cart is empty", st.sampled_from(["Error", "ERROR", "error"])),
    "date in characters": ("cart lost on {} here", st.sampled_from(["2024年3月1日", "2025年12月31日"])),
    "relative path of Windows": ("cannot copy {}", st.sampled_from(["obj\\Debug\\a.dll", "bin\\b.dll"])),
    "statement behind its error": (
        "too many connections (Host: db, SQL: {})",
        st.sampled_from(["select count(*) from carts", "insert into `tills` (`id`) values (7)"]),
    ),
    "colour": ("{}cart\x1b[0m is lost", st.sampled_from(["\x1b[31m", "\x1b[1;32m", "\x1b[0m"])),
    "account of a shell": ("Failed password for ann from {} ssh2", st.sampled_from(["10.0.0.7 port 22", "10.0.3.9 port 5432"])),
    "code that names a thing": ("{} was used up by cart 7", st.sampled_from(["gift code 12345", "gift code 777"])),
    "MAC of letters": ("interface {} is down", st.sampled_from(["aa:bb:cc:dd:ee:ff", "CA-FE-BA-BE-DE-AD", "52:54:00:12:34:56"])),
    "base64 with one sign": ("cookie {} is stale", st.sampled_from(["Zm9vYmFyMTIzNDU2Nzg5MDEyMw=", "QmF6cXV1eDk4NzY1NDMyMTAxMjM="])),
    "machine of a service": ("dial tcp 10.0.0.{}:5432: i/o timeout", st.integers(0, 255).map(str)),
    "database of a service": ("cannot reach redis://10.0.0.4:6379{} in time", st.sampled_from(["", "/0", "/3?x=1"])),
    "site": ("GET https://{} failed", st.sampled_from(["a.example.com/x", "b.example.com:8443/y?z=1", "localhost:3000"])),
    "web server behind a proxy": ("{} close, no byte received", st.sampled_from(["a.example.com:80", "b.example.com:443", "10.0.0.7:22"])),
    "number of a count": ("status: {} of 9 carts are open", st.sampled_from(["3", "8"])),
    "list with numbers": ("({}) carts were left", st.sampled_from(["3", "12"])),
    "line of a file": ("{}: it is no cart", st.sampled_from(["cart.feature:5432", "cart.feature:443", "cart.feature:7"])),
    "line of a file without a suffix": ("{}: it is no step", st.sampled_from(["Dockerfile:25", "Dockerfile:53", "Dockerfile:443"])),
    "package's version": ("lodash@{} is too old", st.tuples(_PLACE, _PLACE, _PLACE).map(".".join)),
}  # fmt: skip


@pytest.mark.parametrize("kind", _VALUES)
@given(data=st.data())
@settings(max_examples=40)
def test_messages_that_differ_in_a_value_fall_together(kind: str, data: st.DataObject) -> None:
    message, values = _VALUES[kind]
    one, other = message.format(data.draw(values)), message.format(data.draw(values))
    assert group([one, other]) == [0, 0], (normalize(one), normalize(other))


@given(st.permutations(["mug", "jar", "cup", "pan"]))
def test_sets_and_keys_have_no_order(names: list[str]) -> None:
    shown = ", ".join(f"'{name}'" for name in names)
    keyed = ", ".join(f"'{name}': {place}" for place, name in enumerate(names))
    assert group([f"odd keys {{{shown}}}", "odd keys {'mug', 'jar', 'cup', 'pan'}"]) == [0, 0]
    assert group([f"got {{{keyed}}}", "got {'mug': 4, 'jar': 3, 'cup': 2, 'pan': 1}"]) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no field 'mug' in it", 'no field "mug" in it'),
        ("no field `mug' in it", "no field ‘mug’ in it"),
        ("first one, then… the other", "first one, then... the other"),
    ],
)
def test_quotes_are_quotes_and_dots_are_dots(one: str, other: str) -> None:
    assert group([one, other]) == [0, 0]


_HARD: dict[str, tuple[str, list[str]]] = {
    "status": ("GET /api/carts/{n} responded with {}", ["404", "403", "500", "502", "429"]),
    "status compared": ("expected status 200 but got {} for cart {n}", ["404", "403", "500", "401"]),
    "exit code": ("job {n} finished with exit code {}", ["1", "2", "127", "137", "139"]),
    "exit code in JSON": ('{{"job": {n}, "exitCode": {}}}', ["1", "2", "127", "137"]),
    "errno": ("[Errno {}] cart {n} cannot be opened", ["2", "13", "28", "111"]),
    "errno by name": ("open cart {n}: {}", ["ENOENT", "EACCES", "ENOSPC", "EMFILE"]),
    "SQL state": ("SQLSTATE[{}]: cart {n} was not saved", ["23505", "42P01", "40001", "57014"]),
    "SQL state in words": ("ERROR: cart {n} was not saved (SQLSTATE {})", ["23505", "40001", "57014"]),
    "code of a compiler": ("error TS{}: line {n} is wrong", ["2304", "2345", "2322"]),
    "code of a database": ("ORA-{}: at line {n}", ["00942", "01017", "12541"]),
    "signal": ("worker {n} was killed by {}", ["SIGKILL", "SIGSEGV", "SIGTERM", "SIGABRT"]),
    "class": (
        "shop.cart.{}: cart {n} is lost",
        ["LostError", "StaleError", "TimeoutException", "NullPointerException"],
    ),
    "known port": ("connect to 127.0.0.1:{} took {n} ms", ["5432", "6379", "9092", "27017"]),
    "port with a text behind it": (
        "dial tcp 10.0.0.7:{}: i/o timeout",
        ["5432", "6379", "443", "22"],
    ),
    "port at the end of a sentence": ("cart {n} has no server on db:{}.", ["5432", "6379", "9092"]),
    "port on this machine": ("cart {n}: localhost:{} was refused", ["22", "25", "80", "443", "5432"]),
    "port of the other loopback": ("cart {n}: connect ECONNREFUSED ::1:{}", ["443", "5432", "6379"]),
    "port of a URL": ("cart {n}: GET http://localhost:{}/shop/cart failed", ["9200", "8500"]),
    "scheme of a URL": ("cart {n}: cannot reach {}://shop:1234/0", ["redis", "amqp", "postgresql", "http"]),
    "number of an alert": ("cart {n}: tls alert number {} from the till", ["40", "48", "70"]),
    "number of a status": ("cart {n}: grpc-status: {} from the till", ["8", "13", "14"]),
    "code behind a program": ("curl: ({}) cart {n} is not there", ["6", "7", "28"]),
    "code behind an exception": ("shop.TillException ({}): cart {n}", ["2", "5", "1326"]),
    "code and its words": ('TillError: ({}, "no answer for cart {n}")', ["2003", "2006", "1213"]),
    "code before its words": ("cart {n}: connect() failed ({}: No till)", ["110", "111"]),
    "code in an exception's arguments": ('TillError({}, "cart_{n}")', ["400", "404", "429"]),
    "code beside a code": ("SQLSTATE[HY000] [{}] cart {n} was not saved", ["2002", "1045"]),
    "SQL state in quotes": ("TillError: ('{}', 'cart {n} was not saved')", ["42S02", "08S01", "HY000"]),
    "message of a server": ("SqlException: Msg {}, Level 13, State {n}", ["1205", "2627"]),
    "number behind an equals sign": ("IOException: error={}, cart {n} is gone", ["2", "13"]),
    "lettered code": ("Error code: {} for cart {n}", ["P2002", "P2025"]),
    "lettered code behind a class": ("TillRequestError: {} for cart {n}", ["P2002", "P2025"]),
    "result of a call": ("cart {n} was lost (0x{})", ["80070005", "8007000E", "C0000005"]),
    "key in two cases": (
        'RpcException: Status(StatusCode="{}", Detail="cart {n}")',
        ["Unavailable", "Internal"],
    ),
    "element": (
        'cart {n}: Timeout 50ms exceeded waiting for locator("{}")',
        ["#pay", "#cart", "div > .till"],
    ),
    "rpc code": (
        "rpc error: code = {} desc = cart {n}",
        ["Unavailable", "NotFound", "Internal", "DeadlineExceeded"],
    ),
    "state": ("machine {n} is {}", ["Started", "Stopped", "Paused", "Resumed", "Deleted", "Lost"]),
    "quoted name": ("cart {n} has no column '{}'", ["owner", "total"]),
    "tag": ("cart {n}: <{}> is not visible", ["div", "span", "button"]),
    "name before a number": ("no such database shop_{}_{n}", ["cart", "order", "till"]),
    "negation": ("cart {n} is {} there", ["not", "still"]),
    "encoding": ("cart {n} is no {}", ["UTF-8", "UTF-16"]),
    "method": ("{} /api/carts/{n} timed out", ["GET", "POST", "DELETE", "PUT"]),
    "assertion": (
        "expected {n} to be {} 7",
        ["equal to", "greater than", "less than", "at least", "different from"],
    ),
    "key": ("cart {n}: KeyError: '{}'", ["owner", "total"]),
    "compared with a word of the language": (
        "cart {n}: expected '{}' but got 'mug'",
        ["null", "undefined", "OPEN"],
    ),
    "what is missing": ("line {n}: Cannot find module './{}.js'", ["cart", "till"]),
    "package of Go": ('line {n}: cannot find package "github.com/shop/{}"', ["cart", "till"]),
    "package of npm": ("no {}@1.2.{n} in the registry", ["left-mug", "right-mug"]),
    "scoped package": ("no @shop/{}@1.2.{n} in the registry", ["cart", "till"]),
    "class in a path": ("cart {n}: NoClassDefFoundError: org/shop/{}", ["Cart", "Till"]),
    "status beside a request": ("{} on GET /api/carts/{n}", ["404", "500", "429"]),
    "status behind a request": ("GET /api/carts/{n} - {}", ["404", "500", "429"]),
    "statuses that differ": ("cart {n} AssertionError: {} != 200", ["404", "500"]),
    "negative error": ("cart {n}: read error -{}", ["71", "110"]),
    "arity": ("cart {n}: Shop.Cart.total/{} is undefined", ["1", "2"]),
    "type with a size": ("cart {n}: no dtype {}", ["float64", "float32", "int8"]),
    "code of npm": ("npm ERR! code E{} in cart {n}", ["404", "401", "500"]),
    "code of an instruction": ("cart {n}: custom program error: {}", ["0x1", "0x1771", "0xbc4"]),
    "name a compiler does not know": (
        "Cart.java:{n}: error: cannot find symbol\n    pay();\n    ^\n  symbol:   {}\n  location: class Cart",
        ["class Till", "method pay()"],
    ),
    "key that tells": ('cart {n} error="{}"', ["no lease", "no owner"]),
}


def test_many_elements_of_one_sentence_are_a_value() -> None:
    elements = ["#pay", "div > .cart", ".till .row", "li + a", "[name=q]", "nav"]
    assert set(group([f'no element "{element}" to be found on this page' for element in elements])) == {0}


@pytest.mark.parametrize("kind", _HARD)
@given(data=st.data())
@settings(max_examples=15)
def test_messages_that_differ_in_what_happened_stay_apart(kind: str, data: st.DataObject) -> None:
    message, told = _HARD[kind]
    texts = [message.format(said, n=data.draw(_PLACE)) for said in told]
    again = [message.format(said, n=data.draw(_PLACE)) for said in told]
    assert group(texts[:2]) == [0, 1]
    assert group(texts + again) == [*range(len(told))] * 2


@given(st.permutations([
    message.format(value)
    for kind, values in {
        "count": ["4", "5"], "duration": ["3s", "200 ms", "2 minutes"], "size": ["1 B", "2 MiB"], "user": ["alice", "bob"],
        "clock": ["10:11:12", "00:00:00"], "date in words": ["May 3, 2026", "June 21, 2025"],
    }.items()
    for message in [_VALUES[kind][0]] for value in values
]))  # fmt: skip
def test_groups_follow_from_no_order(texts: list[str]) -> None:
    groups = group(texts)
    found = {frozenset(text for text, of in zip(texts, groups, strict=True) if of == one) for one in groups}
    expected = group(sorted(texts))
    assert found == {
        frozenset(text for text, of in zip(sorted(texts), expected, strict=True) if of == one)
        for one in expected
    }


@pytest.mark.parametrize(
    ("report", "headline"),
    [
        (
            "Error: expect(received).toBe(expected)\n\nExpected: 3\nReceived: 4\n\n    at cart.test.js:9:1",
            "Error: expect(received).toBe(expected): Expected: 3 Received: 4",
        ),
        (
            "cart_test.cc:12: Failure\nExpected equality of these values:\n  total\n    Which is: 3\n  4",
            "cart_test.cc:12: Failure: Expected equality of these values: total Which is: 3 4",
        ),
        (
            "--- FAIL: TestCart (0.00s)\n    cart_test.go:7: total is 3, want 4",
            "--- FAIL: TestCart (0.00s): cart_test.go:7: total is 3, want 4",
        ),
        (
            "thread 'main' panicked at src/cart.rs:4:5:\nthe cart is empty\nnote: run with `RUST_BACKTRACE=1`",
            "thread 'main' panicked at src/cart.rs:4:5: the cart is empty",
        ),
        (
            "Failure/Error: expect(cart).to be_empty\n  expected it to be empty\n  # ./cart_spec.rb:3:in `block'",
            "Failure/Error: expect(cart).to be_empty: expected it to be empty # ./cart_spec.rb:3:in `block'",
        ),
        (
            "locator.click: Timeout 3000ms exceeded.\n  waiting for locator('#pay')\n    at cart.spec.ts:3:4",
            "locator.click: Timeout 3000ms exceeded.: waiting for locator('#pay')",
        ),
        (
            "Cart.java:7: error: cannot find symbol\n    Till t;\n    ^\n  symbol:   class Till\n  location: class Cart",
            "Cart.java:7: error: cannot find symbol: class Till",
        ),
        ("java.lang.AssertionError\n\tat shop.CartTest.total(CartTest.java:7)", "java.lang.AssertionError"),
    ],
)
def test_a_headline_that_tells_nothing_takes_along_what_stands_below(report: str, headline: str) -> None:
    assert headline_of(report) == headline


@pytest.mark.parametrize(
    ("below", "other"),
    [
        ("Expected: 3\nReceived: 4", "Expected: 3\nReceived: undefined"),
        ("Expected: 200\nReceived: 404", "Expected: 200\nReceived: 500"),
    ],
)
def test_compared_values_that_tell_keep_reports_apart(below: str, other: str) -> None:
    said = "Error: expect(received).toBe(expected)\n\n{}\n\n    at cart.test.js:9:1"
    assert group([said.format(below), said.format(other)]) == [0, 1]
    assert group([said.format(below), said.format(below).replace(":9:1", ":7:2")]) == [0, 0]


@pytest.mark.parametrize(
    "unit",
    [
        "a-",
        "0-",
        "a/",
        "0:",
        "f",
        "0",
        "A0",
        "-0a",
        "'",
        "{'a', ",
        "user ",
        "<num> ",
        "=''",
        "[0a:",
        "0.",
        "Jan 0, ",
        "a@",
        "Error: ",
        "x: Timeout ",
        "expect(",
        "\n",
        "a\n",
        "  at ",
        "{",
        "'/a ",
        "data:",
        "req-",
        "(SQL: ",
        "cannot find symbol\n",
        '(1, "',
        "Error (",
        "x: (1) ",
        "a:1:",
        "::1:",
        "aa:",
        "http://",
        "ab://a:1",
        "from a port ",
        "status=",
        "'a > ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    begun = time.process_time()
    group([text, f"{text}x"])
    assert time.process_time() - begun < 3
