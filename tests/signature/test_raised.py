"""What a runtime raises by itself is told apart by the file of the project that it was raised in."""

from __future__ import annotations

import pytest

from triage.model import Failure
from triage.signature import signature_of
from triage.signature.headline import headline_of

_PYTHON = """Traceback (most recent call last):
  File "/srv/shop/tests/test_cart.py", line 12, in test_{0}
    checkout({0})
  File "/srv/shop/{1}", line {2}, in total
    return item["id"]
KeyError: 'id'
"""
_JAVA = """java.lang.NullPointerException: Cannot invoke "Order.id()" because "order" is null
	at shop.{0}.total({0}.java:{1})
	at shop.CartTest.adds(CartTest.java:7)
	at java.base/java.lang.reflect.Method.invoke(Method.java:568)
"""
_NODE = """TypeError: Cannot read properties of undefined (reading 'id')
    at total (/srv/shop/src/{0}:{1}:9)
    at Object.<anonymous> (/srv/shop/test/cart.test.js:4:3)
"""


def _one(*texts: str) -> bool:
    """Whether failures with these traces are of one signature."""
    return len({signature_of(Failure(headline_of(text), trace=text)).id for text in texts}) == 1


@pytest.mark.parametrize(
    ("one", "again", "elsewhere"),
    [
        (
            _PYTHON.format("adds", "cart.py", 4),
            _PYTHON.format("pays", "cart.py", 5),
            _PYTHON.format("adds", "bill.py", 4),
        ),
        (_JAVA.format("Cart", 4), _JAVA.format("Cart", 5), _JAVA.format("Bill", 4)),
        (_NODE.format("cart.js", 4), _NODE.format("cart.js", 5), _NODE.format("bill.js", 4)),
    ],
    ids=["python", "java", "node"],
)
def test_two_files_are_two_mistakes(one: str, again: str, elsewhere: str) -> None:
    assert _one(one, again)
    assert not _one(one, elsewhere)


@pytest.mark.parametrize(
    "text",
    [
        _PYTHON.replace("/srv/shop/{1}", "/srv/shop/tests/test_{1}"),
        _PYTHON.replace("/srv/shop/{1}", "/usr/lib/python3/{1}").replace(
            'File "/srv/shop/tests', 'File "/srv/shop/spec'
        ),
        _PYTHON.replace("KeyError: 'id'", "StockError: no stock of the item"),
    ],
    ids=["raised in a test", "raised in a library below a test", "words that tell more"],
)
def test_the_file_does_not_count(text: str) -> None:
    assert _one(text.format("adds", "cart.py", 4), text.format("adds", "bill.py", 5))


def test_the_title_says_where() -> None:
    failure = Failure("KeyError: 'id'", trace=_PYTHON.format("adds", "cart.py", 4))
    assert signature_of(failure).title == "KeyError: 'id' in cart.py"
