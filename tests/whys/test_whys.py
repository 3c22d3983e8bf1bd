"""Questions from answers, and doubts about weak reasoning."""

from __future__ import annotations

import pytest

from triage.store.investigations import Action, Evidence, Investigation, Why
from triage.whys import doubts, first_question, next_question


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("The limiter is shared by all workers.", "Why is the limiter shared by all workers?"),
        ("Nightly runs use one tenant", "Why is it that nightly runs use one tenant?"),
        ("HTTP 403 is returned", "Why is HTTP 403 returned?"),
        (
            "JWT tokens of the pipeline lack the scope",
            "Why is it that JWT tokens of the pipeline lack the scope?",
        ),
        ("", "Why?"),
    ],
)
def test_the_next_question_comes_from_the_answer(answer: str, question: str) -> None:
    assert next_question(answer) == question


def test_the_first_question_counts() -> None:
    title = "HTTP 403 during the WebSocket handshake"
    assert first_question(title, 7, 9) == "Why did 7 tests fail with HTTP 403 during the WebSocket handshake?"
    assert first_question(title, 1, 1).startswith("Why did 1 test fail with")
    assert "3 times" in first_question(title, 0, 3)


def _investigation(
    answers: list[str], *, role: str = "", evidence: bool = False, actions: tuple[Action, ...] = ()
) -> Investigation:
    whys = tuple(
        Why(i, i - 1 if i > 1 else None, f"q{i}", answer, role if i == len(answers) else "", "", "")
        for i, answer in enumerate(answers, 1)
    )
    proof = (
        tuple(Evidence(i, why.id, None, "x.log", 1, "line") for i, why in enumerate(whys, 1))
        if evidence
        else ()
    )
    return Investigation(1, "c", "t", "", "", "", "", whys, proof, actions)


def test_weak_reasoning_is_questioned() -> None:
    said = " ".join(
        d.text
        for d in doubts(
            _investigation(["The developer forgot the header", "the developer forgot the header!"])
        )
    )
    assert "person" in said
    assert "circle" in said
    assert "hypothesis" in said
    assert "no root cause" in said
    early = " ".join(
        d.text for d in doubts(_investigation(["the lease ran out"], role="root_cause", evidence=True))
    )
    assert "after 1 whys" in early
    assert "without an action" in early


def test_a_sound_chain_raises_no_doubt() -> None:
    sound = _investigation(
        [
            "requests are limited by address",
            "all workers leave through one gateway",
            "the plan has one gateway",
            "cost was the only criterion",
        ],
        role="root_cause",
        evidence=True,
        actions=(Action(1, "second gateway", "Ann", "2026-12-01", False),),
    )
    assert doubts(sound) == []
