"""Any text comes out as the characters it is."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatbot.web.escape import inert
from chatbot.web.prose import notice, notice_line, paragraphs
from tests.web.fakes import EVIL


@given(st.text())
def test_nothing_active_is_left_and_every_character_is_kept(text):
    shown = inert(text)
    assert not re.search(r"[<>\"'`*_\[\]\n]", shown)
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", text)
    assert html.unescape(shown) == kept


@given(st.text(alphabet="*_`[]()!<>#-+.~$|:\\ \nab/&;", max_size=60))
def test_markdown_makes_nothing_of_it(text):
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(f"<div>{inert(text)}</div>")
    assert rendered.strip() == f"<div>{inert(text)}</div>"


def test_paragraphs_know_only_lists():
    shown = paragraphs(f"One\ntwo\n\n- **three**\n- {EVIL}")
    assert shown.startswith("<p>One<br>two</p><ul><li>&#42;&#42;three&#42;&#42;</li><li>")
    assert "<script" not in shown
    assert "<img" not in shown


def test_a_notice_knows_headings_bold_words_and_numbers():
    shown = notice("### Call 999 now.\n\n- Take **two** steps in 30 minutes\n- Text 988")
    assert shown == (
        '<p class="cw-heading"><strong>Call <a class="cw-call" href="tel:999">999</a> now.</strong>'
        "</p><ul><li>Take <strong>two</strong> steps in 30 minutes</li>"
        '<li>Text <a class="cw-call" href="tel:988">988</a></li></ul>'
    )


def test_long_numbers_can_be_called_too():
    assert 'href="tel:18002221222">1-800-222-1222<' in notice_line("Poison line: 1-800-222-1222.")
    assert 'href="tel:116123">116 123<' in notice_line("Samaritans 116 123")
    assert "tel:" not in notice_line("At 38.5 degrees, in 2025, for 3 to 6 months, 100 mg")
