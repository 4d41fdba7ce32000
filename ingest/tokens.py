"""Counting tokens as an embedding model counts them, without loading the model."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Where each token of a text begins, in code points, ascending.
TokenStarts = Callable[[str], Sequence[int]]

_WORD_OR_MARK = re.compile(r"\w{1,4}|[^\w\s]")


def tokenizer_file_starts(path: Path) -> TokenStarts:
    """Counts with a Hugging Face ``tokenizer.json``."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - only where a text is really cut

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def starts(text: str) -> Sequence[int]:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        return [start for start, _ in encoding.offsets]

    return starts


def estimated_starts(text: str) -> Sequence[int]:
    """For models whose tokenizer is unknown: a token is at most four letters long.

    Tokenizers of common embedding models make fewer tokens of English text, so that a chunk cut
    by this estimate fits them.
    """
    return [match.start() for match in _WORD_OR_MARK.finditer(text)]


def count(starts: Sequence[int], start: int, end: int) -> int:
    """How many tokens begin in ``[start, end)``."""
    return bisect_left(starts, end) - bisect_left(starts, start)
