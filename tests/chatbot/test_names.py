"""Which topics a message may name, whatever words stand between and however they are spelt."""

from __future__ import annotations

import pytest

from chatbot.library import without_borrowed_names
from chatbot.names import NameIndex
from chatbot.words import stems
from ingest.index import Summary

TITLES = {
    "goutieres": ("Aicardi-Goutieres syndrome", ("AGS",)),
    "behcet": ("Behcet's disease", ("silk road disease",)),
    "tremor": ("Essential tremor", ("familial tremor",)),
    "kidney": ("Diabetic kidney disease", ()),
    "stones": ("Kidney stones", ()),
    "varicella": ("Chickenpox", ()),
}
TEXTS = "a disease of the kidney and a syndrome with tremor are known in a sister of the patient"
KNOWN = set(stems(TEXTS))
RARE = 8.0


@pytest.fixture
def names():
    summaries = [Summary(i, title, other, ()) for i, (title, other) in TITLES.items()]
    return NameIndex.of(summaries, lambda s: 2.0 if s in KNOWN else RARE, KNOWN.__contains__)


def best(names, question):
    found = names.match(question)
    return max(found, key=lambda i: found[i].strength) if found else None


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("does acardi goutier syndrom get worse", "goutieres"),
        ("can betchets diseaze give you sores", "behcet"),
        ("my gran has the familial tremor, they say", "tremor"),
        ("kidney trouble from being diabetic", "kidney"),
        ("a stone in my kidney", "stones"),
        ("chicken pox at the nursery", "varicella"),
    ],
)
def test_a_name_is_found_in_part_and_misspelt(names, question, document):
    assert best(names, question) == document


def test_a_common_word_alone_weighs_little(names):
    whole, part = names.match("essential tremor")["tremor"], names.match("a tremor")["tremor"]
    assert whole.strength > 2 * part.strength
    assert whole.coverage == pytest.approx(1.0)


def test_what_names_nothing_is_no_match(names):
    assert names.match("what shall we have for tea") == {}


def test_a_known_word_is_not_taken_for_a_slip(names):
    # "sister" is a word of the texts, and no misspelt name of anything.
    assert names.match("my sister") == {}


def test_a_mended_word_is_told(names):
    assert names.match("gutieres")["goutieres"].mended == pytest.approx(1.0)
    assert names.match("goutieres")["goutieres"].mended == 0.0


def test_a_page_that_bears_the_names_of_many_topics_keeps_its_title_only():
    honest = [Summary(f"page-{n}", f"Illness{n}", (f"disorder{n}",), ()) for n in range(5)]
    names = tuple(summary.title for summary in honest)
    greedy = [Summary(f"greedy-{n}", f"Tonic{n}", names, ()) for n in range(2)]
    overview = Summary("overview", "Five illnesses", names[:4], ())
    kept = without_borrowed_names([*honest, *greedy, overview])
    assert kept[:5] == honest
    assert [summary.synonyms for summary in kept[5:]] == [(), (), overview.synonyms]
