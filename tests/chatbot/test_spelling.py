"""Slips in questions: what is mended, and what is left as it was written."""

from __future__ import annotations

import pytest

from chatbot.spelling import Speller
from chatbot.words import stem

_LIBRARY = "kidney encephalitis yellow breath kaposi heart cancer blister diarrhea ulcer warf"
_NAMES = ("Encephalitis", "Zellweger syndrome", "Kaposi sarcoma", "Hydrolethalus syndrome")


@pytest.fixture(scope="module")
def speller() -> Speller:
    known = {stem(word) for word in _LIBRARY.split()}
    return Speller(known.__contains__, _NAMES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("what is encefalitis", "what is encephalitis"),
        ("my kidny hurts", "my kidney hurts"),
        # "Below" is more usual, but "yellow" sounds the same.
        ("his eyes are yelow", "his eyes are yellow"),
        ("she has zelwegger sindrome", "she has zellweger syndrome"),
        ("hydroletalus in my family", "hydrolethalus in my family"),
        ("a bad diarhea", "a bad diarrhea"),
        ("Diabetis runs in my family", "diabetes runs in my family"),
        ("kidny, kidny! (kidny)", "kidney, kidney! (kidney)"),
    ],
)
def test_a_slip_is_mended(speller: Speller, written: str, meant: str) -> None:
    assert speller.mend(written).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "My niece knew the choir wore wigs",
        "ask Kluver or Bucey about it",
        "what does G6PD mean",
        "I couldn't breathe, wasn't able to, it's odd",
        "the warf of it",
        "a tumor, or a tumour; anemia, or anaemia",
        "CACP in a girl of 3",
        "qwrtzplk xyzzyqq",
        "an ulc and a kdny",
        "fiancé naïveté",
        "",
    ],
)
def test_what_may_be_meant_is_left(speller: Speller, text: str) -> None:
    mended = speller.mend(text)
    assert (mended.text, mended.words) == (text, {})


def test_mending_twice_is_mending_once(speller: Speller) -> None:
    once = speller.mend("docter said kapossi sarcoma, breth short, blyster on my hart side")
    assert "kaposi" in once.text
    assert speller.mend(once.text).text == once.text


def test_what_was_mended_is_told(speller: Speller) -> None:
    assert speller.mend("Diabetis and kidny, KIDNY or kidny").words == {
        "diabetis": "diabetes",
        "kidny": "kidney",
    }


def test_a_flood_of_odd_words_is_not_read_to_its_end(speller: Speller) -> None:
    slips = [
        f"encephal{letter}{end}" for letter in "aeouy" for end in ("tis", "tiss", "tys", "tes")
    ]
    slips += [f"encep{letter}alitis" for letter in "abcdefgjklmn"]
    assert len(speller.mend(" ".join(slips)).words) == 24


def test_a_word_of_any_length_ends_soon(speller: Speller) -> None:
    text = "a" * 100_000
    assert speller.mend(f"{text} kidny").text == f"{text} kidney"
