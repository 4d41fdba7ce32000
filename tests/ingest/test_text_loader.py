"""Plain text off the web: headings, furniture, reference digits, exact offsets."""

from __future__ import annotations

import pytest

from ingest.errors import SourceError
from ingest.loaders.text import load_text
from ingest.references import reference_marks
from ingest.segments import segments
from tests.conftest import SHARED, needs

PAGE = """\u00d7

Sign up for our newsletter

Already a member? Log in
Log in

Tennis Elbow

Disease Details

Simply Healthy Homes

Description
Tennis elbow is soreness on the outer side of the elbow.
Signs And Symptoms
The signs are:

- Pain on gripping a cup
- A **weak** grip

Most people notice it slowly.
Mechanism
Small tears form in a tendon.

**Mechanism:**
1. **Load:** Work pulls at the tendon.
2. **Repair:** It heals badly.

**Molecular Mechanisms:**
Certain proteins build up.
Carrier Status
There is no carrier status."""

REFERENCED = """Causes of Cramp
Cramp has several causes.
Primary Causes
Minerals
- Potassium: Too little of it 1
- Calcium: Too little of it 2
Medicines
- Statins: A known cause 1, 3
- Drinks with less vitamin B 12
Special Considerations
Age Groups
- Children with diabetes type 1
- Older people: More often 2
Warning Signs
- Weakness 3"""


def load(text):
    return load_text(text.encode(), "pages/page.txt", "page")


def headings(document):
    return [section.heading_path for section in document.sections]


def test_furniture_goes_and_headings_are_found():
    document = load(PAGE)
    assert document.title == "Tennis Elbow"
    assert headings(document) == [
        ("Description",),
        ("Signs And Symptoms",),
        ("Mechanism",),
        ("Mechanism", "Mechanism"),
        ("Mechanism", "Molecular Mechanisms"),
        ("Carrier Status",),
    ]
    for gone in ("newsletter", "Log in", "Simply Healthy", "**", "\u00d7"):
        assert gone not in document.text


def test_sections_are_the_text_at_their_offsets():
    document = load(PAGE)
    first, *_, last = document.sections
    body = document.text[first.start : first.end]
    assert body == "Tennis elbow is soreness on the outer side of the elbow."
    assert document.text[last.start : last.end] == "There is no carrier status."
    assert [section.kind for section in document.sections][-2:] == [
        "molecular mechanisms",
        "carrier status",
    ]


def test_a_heading_right_above_a_heading_is_its_parent():
    assert headings(load(REFERENCED)) == [
        (),
        ("Primary Causes", "Minerals"),
        ("Primary Causes", "Medicines"),
        ("Special Considerations", "Age Groups"),
        ("Special Considerations", "Warning Signs"),
    ]


def test_reference_digits_stay_in_the_text_and_out_of_what_is_read():
    document = load(REFERENCED)
    assert "Too little of it 1\n" in document.text
    read = [
        document.text[segment.start : segment.end]
        for section in document.sections
        for segment in segments(document.text, section.start, section.end)
    ]
    assert "Potassium: Too little of it" in read
    assert "Statins: A known cause" in read
    # Numbers that belong to their words are no references.
    assert "Drinks with less vitamin B 12" in read
    assert "Children with diabetes type 1" in read


def test_digits_at_line_ends_are_no_references_in_a_page_without_any():
    assert reference_marks("A list of numbers\n- wards: 4\n- floor 7\n") == ()


def test_counts_and_figures_are_no_references():
    doses = (
        "Doses\n- adults take this number of tablets 2\n- children take this number of tablets 1\n"
        "- others take this number of tablets 3\n\nAdults | 2\nChildren | 1\nBabies | 3\n\n"
        "Blood sugar was [5] at rest."
    )
    assert reference_marks(doses) == ()


def test_a_text_without_a_title_takes_the_name_of_its_file():
    document = load_text(b"Gout is a kind of arthritis. It hurts.", "x/about-gout.txt", "g")
    assert document.title == "About gout"


@pytest.mark.parametrize("text", ["Sign in\nSubscribe\n", "Only a title"])
def test_a_page_with_nothing_to_say_is_refused(text):
    with pytest.raises(SourceError, match=r"page\.txt"):
        load(text)


@needs(SHARED / "seeds")
def test_the_two_seed_pages_come_out_right():
    details, causes = (
        load_text(path.read_bytes(), path.name, path.stem)
        for path in sorted((SHARED / "seeds").glob("*.txt"))
    )
    assert details.title == "Muscle Spasm"
    assert "NEWSLETTER" not in details.text
    assert len({section.heading_path[0] for section in details.sections}) == 20
    assert all(section.kind != "other" for section in details.sections + causes.sections)
    assert [s.heading_path[-1] for s in causes.sections if s.kind == "red flags"] == [
        "Red Flags Requiring Urgent Evaluation"
    ]
    assert "muscle spasms and weakness 1\n" in causes.text
    assert len(reference_marks(causes.text)) == 24
