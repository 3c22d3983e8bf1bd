"""Stack frames of many languages, and which of them is the project's own code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.ingest.frames import Frame, frames, own_frame

# Text, the innermost frame, the innermost frame of the project's own code.
STACKS = {
    "python": (
        '  File "/srv/shop/cart.py", line 12, in total\n    return sum(prices)\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode\n    raise JSONDecodeError\n',
        Frame("/usr/lib/python3.11/json/decoder.py", 355, "raw_decode", own=False),
        Frame("/srv/shop/cart.py", 12, "total", own=True),
    ),
    "python exception group": (
        '  |   File "/srv/shop/cart.py", line 3, in add\n',
        Frame("/srv/shop/cart.py", 3, "add", own=True),
        Frame("/srv/shop/cart.py", 3, "add", own=True),
    ),
    "pytest": (
        "tests/test_cart.py:9: \n_ _ _\nshop/cart.py:12: AssertionError",
        Frame("shop/cart.py", 12, "", own=True),
        Frame("shop/cart.py", 12, "", own=True),
    ),
    "java": (
        "java.lang.IllegalStateException: closed\n\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)\n"
        "\tat org.junit.Assert.fail(Assert.java:89)\n\tat shop.Cart.add(Cart.java:12)\n\tat shop.CartTest.adds(CartTest.java:30)",
        Frame("Objects.java", 233, "java.base/java.util.Objects.requireNonNull", own=False),
        Frame("Cart.java", 12, "shop.Cart.add", own=True),
    ),
    "kotlin": (
        "\tat shop.Cart$add$1.invokeSuspend(Cart.kt:12)",
        Frame("Cart.kt", 12, "shop.Cart$add$1.invokeSuspend", own=True),
        Frame("Cart.kt", 12, "shop.Cart$add$1.invokeSuspend", own=True),
    ),
    "node": (
        "    at Module._load (node:internal/modules/cjs/loader:1038:27)\n"
        "    at run (/srv/node_modules/mocha/lib/runner.js:9:1)\n    at async Cart.total (file:///srv/cart.mjs:4:11)",
        Frame("node:internal/modules/cjs/loader", 1038, "Module._load", own=False),
        Frame("/srv/cart.mjs", 4, "Cart.total", own=True),
    ),
    "firefox": (
        "total@http://localhost:8080/cart.js:4:11",
        Frame("http://localhost:8080/cart.js", 4, "total", own=True),
        Frame("http://localhost:8080/cart.js", 4, "total", own=True),
    ),
    "go": (
        "panic: no cart\n\ngoroutine 1 [running]:\npanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:884 +0x212\n"
        "shop/cart.(*Cart).Total(0xc000)\n\t/srv/cart/cart.go:9 +0x1d\n",
        Frame("/usr/local/go/src/runtime/panic.go", 884, "panic", own=False),
        Frame("/srv/cart/cart.go", 9, "shop/cart.(*Cart).Total", own=True),
    ),
    "rust": (
        "   0: core::panicking::panic\n             at /rustc/90b35a/library/core/src/panicking.rs:106:5\n"
        "   1: cart::total\n             at ./src/cart.rs:9:5",
        Frame("/rustc/90b35a/library/core/src/panicking.rs", 106, "core::panicking::panic", own=False),
        Frame("./src/cart.rs", 9, "cart::total", own=True),
    ),
    ".net": (
        "   at System.Linq.ThrowHelper.ThrowNoElementsException()\n   at Shop.Cart.First(Int32 n) in C:\\src\\Cart.cs:line 12",
        Frame("C:\\src\\Cart.cs", 12, "Shop.Cart.First(Int32 n)", own=True),
        Frame("C:\\src\\Cart.cs", 12, "Shop.Cart.First(Int32 n)", own=True),
    ),
    "ruby": (
        "/usr/lib/ruby/3.1.0/json.rb:9:in `parse'\n\tfrom lib/cart.rb:3:in `total'",
        Frame("/usr/lib/ruby/3.1.0/json.rb", 9, "parse", own=False),
        Frame("lib/cart.rb", 3, "total", own=True),
    ),
    "rspec": (
        "     # ./spec/cart_spec.rb:12:in 'block (2 levels) in <top (required)>'",
        Frame("./spec/cart_spec.rb", 12, "block (2 levels) in <top (required)>", own=True),
        Frame("./spec/cart_spec.rb", 12, "block (2 levels) in <top (required)>", own=True),
    ),
    "php": (
        "#0 /srv/vendor/phpunit/phpunit/src/Framework/TestCase.php(1548): run()\n#1 /srv/src/Cart.php(9): Shop\\Cart->total()",
        Frame("/srv/vendor/phpunit/phpunit/src/Framework/TestCase.php", 1548, "run", own=False),
        Frame("/srv/src/Cart.php", 9, "Shop\\Cart->total", own=True),
    ),
    "sanitizer": (
        "    #0 0x7f in __libc_start_main csu/libc-start.c:308:16\n    #1 0x4f in total(Cart*) /srv/cart.c:9:3",
        Frame("csu/libc-start.c", 308, "__libc_start_main", own=False),
        Frame("/srv/cart.c", 9, "total(Cart*)", own=True),
    ),
    "rust, without a backtrace": (
        "thread 'main' panicked at src/cart.rs:10:5:\nthe cart is empty\nnote: run with `RUST_BACKTRACE=1` ...",
        Frame("src/cart.rs", 10, "", own=True),
        Frame("src/cart.rs", 10, "", own=True),
    ),
    "rust before 1.73": (
        "thread 'tests::adds' panicked at 'it\'s empty: 3', src/cart.rs:10:5",
        Frame("src/cart.rs", 10, "", own=True),
        Frame("src/cart.rs", 10, "", own=True),
    ),
    "rust, in the library": (
        "thread 'main' panicked at /rustc/90b35a/library/core/src/cell.rs:10:5:\nused\nstack backtrace:\n"
        "   2: cart::main\n             at ./src/cart.rs:9:5",
        Frame("/rustc/90b35a/library/core/src/cell.rs", 10, "", own=False),
        Frame("./src/cart.rs", 9, "cart::main", own=True),
    ),
    "php, where it was thrown": (
        "PHP Fatal error:  Uncaught RuntimeException: dry in /app/src/Pump.php:7\nStack trace:\n"
        "#0 /app/src/Run.php(12): Pump->run()\n#1 {main}\n  thrown in /app/src/Pump.php on line 7",
        Frame("/app/src/Pump.php", 7, "", own=True),
        Frame("/app/src/Pump.php", 7, "", own=True),
    ),
    "php, thrown in a package": (
        "PHP Fatal error:  Uncaught RuntimeException: dry in /app/vendor/acme/Pump.php:7\nStack trace:\n"
        "#0 /app/src/Run.php(12): Pump->run()\n#1 {main}\n  thrown in /app/vendor/acme/Pump.php on line 7",
        Frame("/app/vendor/acme/Pump.php", 7, "", own=False),
        Frame("/app/src/Run.php", 12, "Pump->run", own=True),
    ),
    "php, without a trace": (
        "PHP Parse error:  syntax error, unexpected '}' in /app/src/Pump.php on line 7",
        Frame("/app/src/Pump.php", 7, "", own=True),
        Frame("/app/src/Pump.php", 7, "", own=True),
    ),
    "thread sanitizer": (
        "    #0 malloc ../../../src/libsanitizer/tsan/interceptors.cpp:683 (libtsan.so.2+0x4)\n"
        "    #1 worker(void*) /src/r.cc:14:5 (app+0x4) (BuildId: 12ab)",
        Frame("../../../src/libsanitizer/tsan/interceptors.cpp", 683, "malloc", own=False),
        Frame("/src/r.cc", 14, "worker(void*)", own=True),
    ),
    "valgrind": (
        "==77==    at 0x483B7F3: malloc (vg_replace_malloc.c:307)\n==77==    by 0x10916E: Cart::add(int) (cart.cc:5)\n"
        "==77==    by 0x4A: (below main) (libc-start.c:308)",
        Frame("vg_replace_malloc.c", 307, "malloc", own=False),
        Frame("cart.cc", 5, "Cart::add(int)", own=True),
    ),
    "gdb": (
        "#0  0x00005581 in total (c=0x0) at cart.c:9\n#1  main () at cart.c:14",
        Frame("cart.c", 9, "total", own=True),
        Frame("cart.c", 9, "total", own=True),
    ),
    "elixir": (
        "        (ex_unit 1.14.0) lib/ex_unit/runner.ex:512: ExUnit.Runner.exec_test/1\n"
        "       (shop 0.1.0) lib/shop/cart.ex:9: Shop.Cart.total/1",
        Frame("lib/ex_unit/runner.ex", 512, "ExUnit.Runner.exec_test/1", own=False),
        Frame("lib/shop/cart.ex", 9, "Shop.Cart.total/1", own=True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", STACKS)
def test_frames_of(language: str) -> None:
    text, innermost, own = STACKS[language]
    found = [frame for frame in frames(text) if frame.file]
    assert found[0] == innermost
    assert own_frame(text) == own


def test_a_frame_of_an_installed_package_stands_where_there_is_no_other() -> None:
    text = '  File "/srv/.venv/lib/python3.11/site-packages/httpx/_models.py", line 829, in raise_for_status'
    assert own_frame(text) == Frame(
        "/srv/.venv/lib/python3.11/site-packages/httpx/_models.py", 829, "raise_for_status", own=False
    )


@pytest.mark.parametrize(
    "text", ["no frame here", "at the end: 12:30", "see http://a.b:80/c", "", "\tat night (late)"]
)
def test_what_is_no_frame(text: str) -> None:
    assert own_frame(text) is None


@given(st.text(alphabet='at File", line1234:()#.gorsjphp/\n\t @❯', max_size=400))
def test_any_text_has_frames_or_none(text: str) -> None:
    for frame in frames(text):
        assert frame.file in text and frame.function in text
