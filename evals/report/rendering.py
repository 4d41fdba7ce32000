"""The templates, and what they share: everything is escaped, and nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from evals.report import cases
from evals.report.labels import label_of
from evals.report.text import answer_html

_TEMPLATES = ("base.html", "macros.html", "page.html", "comparison.html")


def render(template: str, **values: Any) -> str:
    """Fills a template in."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    loader = DictLoader({name: _data(name) for name in _TEMPLATES})
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Both come with the program; a digest lets the page run these and no other.
    style, script = _data("report.css"), _data("report.js")
    environment.globals.update(
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        style_digest=_digest(style),
        script_digest=_digest(script),
        expected=cases.expected,
        passages=cases.passages,
        citations=cases.citations,
        answer_text=cases.answer_text,
    )
    environment.filters.update(answer_html=answer_html, label=lambda name: label_of(name).text)
    return environment


def _digest(text: str) -> str:
    """For the page's content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(name: str) -> str:
    return files("evals.report").joinpath(name).read_text(encoding="utf-8")
