"""Makes any text safe to stand inside a chat message.

Gradio reads a chat message first as Markdown and then as HTML. Text from documents, and from the
patient, must mean nothing in either: `<` and `*` alike come out as the characters they are.
"""

from __future__ import annotations

import re

_ACTIVE = "&<>\"'\\`*_[]{}~$|!:@#^=\t\n\r"
_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in _ACTIVE})
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def inert(text: str) -> str:
    """Returns the text with every character that Markdown or HTML may act on as an entity.

    Line feeds become entities as well, so that a message stays on one line: a blank line would end
    the HTML block and let Markdown in.
    """
    return _CONTROLS.sub("\ufffd", text).translate(_ENTITIES)
