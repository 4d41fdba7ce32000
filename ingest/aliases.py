"""Other names that a document's own text gives its topic: "Strokes, also called brain attacks,"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALSO = re.compile(
    r"\s*[,(]\s*(?:which is |which are |sometimes |often |commonly )?"
    r"(?:also )?(?:known as|called|referred to as|abbreviated(?: as)?)\s+",
    re.IGNORECASE,
)
_ALIASES = re.compile(
    r"[^.;:()]{2,80}?(?=[,.;:)]| is | are | was | were | occurs? | happens? )", re.IGNORECASE
)
# The longest name that is looked for before "also called".
_NAME_LENGTH_MAX = 80
_BETWEEN = re.compile(r",| or | and ")
_ARTICLE = re.compile(r"^(?:a|an|the|or|and)\s+", re.IGNORECASE)
_QUOTES = "\"'\u201c\u201d\u2018\u2019 "
_WORDS_MAX = 6
# Such a sentence stands near the top; further down it is about something else.
_LOOKED_AT = 20_000


def aliases_in(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The aliases that the text states for one of the names, in order, each once."""
    known = {_key(name) for name in names}
    found: dict[str, str] = {}
    for also in _ALSO.finditer(text[:_LOOKED_AT]):
        before = text[max(0, also.start() - _NAME_LENGTH_MAX) : also.start()]
        aliases = _ALIASES.match(text, also.end())
        if aliases is None or not _ends_with_name(before, known):
            continue
        for alias in _BETWEEN.split(aliases.group()):
            bare = _ARTICLE.sub("", alias.strip(_QUOTES)).strip(_QUOTES)
            if bare and len(bare.split()) <= _WORDS_MAX and _key(bare) not in known:
                found.setdefault(_key(bare), bare)
    return tuple(found.values())


def _key(name: str) -> str:
    """The name without case, hyphens and the plural's s."""
    words = name.casefold().replace("-", " ").split()
    return " ".join(word.rstrip("s") for word in words)


def _ends_with_name(words: str, known: set[str]) -> bool:
    end = _key(words)
    return any(end == name or end.endswith(" " + name) for name in known if name)
