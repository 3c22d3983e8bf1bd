"""What a message names: the machine, and the table of a database."""

from __future__ import annotations

import pytest

from triage.rules.subject import address, table


@pytest.mark.parametrize(
    ("text", "url", "host", "port"),
    [
        ("Client error '429 Too Many Requests' for url 'http://127.0.0.1:35863/v1/quota'\nFor more information check: https://developer.mozilla.org/429", "http://127.0.0.1:35863/v1/quota", "127.0.0.1", "35863"),
        ("GET https://api.example.test/v1/orders?id=5&x=$(id): 500", "https://api.example.test/v1/orders", "api.example.test", "443"),
        ("Unexpected 503 from http://shop.example.", "http://shop.example", "shop.example", "80"),
        ("wss://ws.example.test/socket refused", "https://ws.example.test/socket", "ws.example.test", "443"),
        ("at Foo (http://localhost:3000/main.js:12:5)", "http://localhost:3000/main.js", "localhost", "3000"),
        ("HTTPConnectionPool(host='api.local', port=8080): Max retries exceeded with url: /x", "http://api.local:8080", "api.local", "8080"),
        ('connection to server at "db" (10.1.2.3), port 5432 failed: Connection refused', None, "db", "5432"),
        ("Error 111 connecting to localhost:6379. Connection refused.", None, "localhost", "6379"),
        ("connect ECONNREFUSED 127.0.0.1:5432", None, "127.0.0.1", "5432"),
        ("dial tcp [::1]:5432: connect: connection refused", None, "::1", "5432"),
        ("PSQLException: Connection to db:5432 refused.", None, "db", "5432"),
        ("2003 (HY000): Can't connect to MySQL server on 'mysql:3306' (111)", None, "mysql", "3306"),
        ("`cy.visit()` failed trying to load: http://localhost:3000/", "http://localhost:3000/", "localhost", "3000"),
        ("see https://user:secret@host.example/x", None, None, None),
        ("500 for url: https://ci-bot:s3cret@api.example.com/v1/x", None, None, None),
        ("GET http://api-${ENV}.example.com/ failed", None, None, None),
        ("GET http://my-host:8/x failed", "http://my-host:8/x", "my-host", "8"),
        ("GET http://db_1.test:123456/ failed", None, None, None),
        ("GET https://p\u0430ypal.com/v1", None, None, None),
        ("GET http://testserver/orders: 500", None, None, None),
        ("GET http://shop.test/items(5)/name: 500", "http://shop.test", "shop.test", "80"),
        ("GET http://shop.test/items/urn:book:5 500", "http://shop.test/items/urn:book:5", "shop.test", "80"),
        ("(2003, \"Can't connect to MySQL server on 'mysql.internal' ([Errno 111])\")\n(Background on this error at: https://sqlalche.me/e/20/e3q8)", None, None, None),
        ('connection to server at "db" (10.0.0.3), port 5432 failed: timeout expired\n(Background on this error at: https://sqlalche.me/e/20/e3q8)', None, "db", "5432"),
        ("no such element; For documentation on this error, please visit: https://www.selenium.dev/x", None, None, None),
        ('"<!DOCTYPE html PUBLIC \"-//W3C\" \"http://www.w3.org/TR/xhtml1/DTD/x.dtd\">" is not valid JSON', None, None, None),
        ('{"message": "API rate limit exceeded", "documentation_url": "https://docs.github.com/rest"}', None, None, None),
        ("connect ECONNREFUSED 10.0.0.5:5432\nthen GET https://shop.test/x", None, "10.0.0.5", "5432"),
        ("read tcp 127.0.0.1:54321->127.0.0.1:50051: connection reset by peer", None, "127.0.0.1", "50051"),
        ("dial tcp: lookup api.example.test on 10.0.0.2:53: server misbehaving", None, None, None),
        ("Connection refused: localhost/127.0.0.1:9092", None, "127.0.0.1", "9092"),
        ("went from a.py:120 to foo.py:123, at 12:30", None, None, None),
    ],
)  # fmt: skip
def test_the_machine_that_a_message_names(
    text: str, url: str | None, host: str | None, port: str | None
) -> None:
    found = address(text)
    assert (found.get("url"), found.get("host"), found.get("port")) == (url, host, port)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('insert or update on table "lines" violates foreign key constraint "lines_order_fk"', "lines"),
        ('null value in column "v" of relation "orders" violates not-null constraint', "orders"),
        ("sqlite3.IntegrityError: UNIQUE constraint failed: users.email", "users"),
        ("(1062, \"Duplicate entry 'a@b.c' for key 'users.email'\")", "users"),
        ("Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT `fk` FOREIGN KEY (`o`))", "lines"),
        ("Cannot insert duplicate key in object 'dbo.Users'.", "dbo.Users"),
        ('ORA-12899: value too large for column "SHOP"."ORDERS"."NAME" (actual: 40, maximum: 32)', "ORDERS"),
        ("duplicate key ...\n[SQL: INSERT INTO orders (id) VALUES (1)]", "orders"),
        ("psycopg2.errors.InsufficientPrivilege: permission denied for table orders", "orders"),
        ('[SQL: INSERT INTO "public"."Orders" (id) VALUES (1)]', "public.Orders"),
        ("cannot insert into the cart, the update failed", None),
        ("TypeError: object 'foo' is not iterable, table 'x' is not known", None),
        ("update users set up, then: no such table: main.", None),
    ],
)  # fmt: skip
def test_the_table_that_a_message_names(text: str, name: str | None) -> None:
    assert table(text).get("table") == name
