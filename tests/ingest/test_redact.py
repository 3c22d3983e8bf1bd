"""Secrets in every spelling that logs have: gone from the output, once and for all; the rest stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.ingest.redact import redact

# (what the log says, the part that must not leave)
SPELLED = {
    "bearer in a header": ("Authorization: Bearer hunter2", "hunter2"),
    "bearer in a dict": ("{'Authorization': 'Bearer hunter2'}", "hunter2"),
    "bearer in JSON": ('{"authorization":"Bearer hunter2"}', "hunter2"),
    "bearer in bytes": ("b'Authorization: Bearer hunter2'", "hunter2"),
    "bearer alone": ("sent bearer AbCdEf0123456789-_.~+/==", "AbCdEf0123456789"),
    "bearer behind a tab": ("Bearer\tAbCdEf0123456789", "AbCdEf0123456789"),
    "basic": ("Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=", "Ym9iOmh1bnRlcjI"),
    "password in a URL": ("postgresql+asyncpg://bob:hunter2@db:5432/shop", "hunter2"),
    "password in a URL of a replica set": ("mongodb+srv://bob:hunter2@db", "hunter2"),
    "password in a URL in capitals": ("HTTPS://bob:hunter2@db/shop", "hunter2"),
    "password in a URL without a user": ("redis://:hunter2@cache:6379/0", "hunter2"),
    "password with an @ in a URL": ("amqp://bob:swordfish@hunter2@queue/", "hunter2"),
    "AWS key": ("aws_access_key_id = AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    "AWS key alone": ("AKIAIOSFODNN7EXAMPLE is not known here", "AKIAIOSFODNN7EXAMPLE"),
    "AWS key for a while": ("ASIAIOSFODNN7EXAMPLE has expired", "ASIAIOSFODNN7EXAMPLE"),
    "AWS secret": ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
    "AWS session": ("AWS_SESSION_TOKEN=FwoGZXIvYXdzEXAMPLE", "FwoGZXIvYXdzEXAMPLE"),
    "access token": ('{"access_token": "hunter2"}', "hunter2"),
    "refresh token": ("refresh_token=hunter2&grant_type=refresh_token", "hunter2"),
    "password in an environment": ("PGPASSWORD=hunter2 psql", "hunter2"),
    "password in JSON": ('{"password":"hunter2","user":"bob"}', "hunter2"),
    "password in JSON in JSON": (r'{"body": "{\"password\": \"hunter2\"}"}', "hunter2"),
    "password of several words": ('password="swordfish and hunter2"', "hunter2"),
    "password in YAML": ("db:\n  password: hunter2\n", "hunter2"),
    "password of a database": ("DB_PASS=hunter2", "hunter2"),
    "token in a query": ("GET /v1/orders?token=hunter2&page=2", "hunter2"),
    "password on a command line": ("psql --password hunter2 -c x", "hunter2"),
    "key of a payment service": ("sk_" + "live_hunter2hunter2", "hunter2"),
    "token of a cloud": ("x-amz-security-token: hunter2", "hunter2"),
    "token as user in a URL": ("https://hunter2hunter2hunter2@example.org/x.git", "hunter2"),
    "cookie": ("Cookie: theme=dark; session=hunter2", "hunter2"),
    "API key": ("x-api-key: hunter2", "hunter2"),
}

INNOCENT = [
    "missing password:\nAssertionError: no such user",
    "the bearer of this message is late",
    "see https://example.org/a:b and mail bob@example.org",
    "Set: {'tokens': 3, 'passed': 4}",
    "12 passed, 3 failed",
    "AKIA is how the keys of one cloud begin",
]

_SEPARATORS = st.sampled_from([" ", "\n", "\t", "; ", " | "])
_TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
_FRAGMENTS = st.one_of(
    st.sampled_from([text for text, _ in SPELLED.values()]),
    st.sampled_from(["password", "secret", "token", "Bearer ", "://", "@", ":", "=", '"', "'", "\\", "[x]"]),
    st.just("[redacted]"),
    _TEXTS,
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLED)
def test_gone_in_every_spelling(spelling: str) -> None:
    text, secret = SPELLED[spelling]
    masked = redact(f"before {text}\nafter")
    assert secret not in masked
    assert "[redacted]" in masked
    assert masked.startswith("before ") and masked.endswith("\nafter")


_KINDS = ["bearer in a header", "password in a URL of a replica set", "AWS key alone", "password in JSON"]


@given(_TEXTS, _SEPARATORS, st.sampled_from([SPELLED[kind] for kind in _KINDS]), _SEPARATORS, _TEXTS)
def test_gone_whatever_stands_around_it(
    before: str, left: str, spelled: tuple[str, str], right: str, after: str
) -> None:
    text, secret = spelled
    assert secret not in redact(f"{before}{left}{text}{right}{after}")


@given(st.lists(st.tuples(_FRAGMENTS, _SEPARATORS), max_size=6))
def test_what_is_masked_stays_as_it_is(parts: list[tuple[str, str]]) -> None:
    """What is stored masked is masked again when it is exported."""
    masked = redact("".join(fragment + separator for fragment, separator in parts))
    assert redact(masked) == masked


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


@given(st.lists(st.sampled_from([text for text, _ in SPELLED.values() if "\n" not in text]), max_size=6))
def test_lines_stay_apart(lines: list[str]) -> None:
    """A line number in a masked text is the one in the log."""
    text = "\n".join(lines)
    assert redact(text).count("\n") == text.count("\n")


def test_a_private_key_goes_as_a_whole_and_what_follows_stays() -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nhunter2\n-----END OPENSSH PRIVATE KEY-----"
    assert redact(f"{key}\nPermission denied") == "[redacted]\nPermission denied"
    assert redact(f"{key}\n{key}").count("[redacted]") == 2
