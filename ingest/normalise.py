"""Bytes -> text -> normalised text, the text that all offsets count in."""

from __future__ import annotations

import re
import unicodedata

from charset_normalizer import from_bytes

from ingest.errors import SourceError

# Zero-width characters and bidirectional controls are invisible, break word matching, and can
# make a reader see other words than the program does (Unicode Technical Report 36, 2.5). The
# joiners U+200C and U+200D stay: some scripts are spelt with them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r"\n{3,}")
_BINARY_SIGNATURES = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a zip archive (or an Office document)",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x1f\x8b": "gzip data",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes, path: str) -> str:
    """Decodes a text file: UTF-8, or UTF-16 with a byte order mark.

    Nothing else is guessed: a wrong guess turns "5 µg" into other characters without a word.

    Raises:
        SourceError: The data is empty, binary, or in another encoding.
    """
    if not data.strip():
        raise SourceError(path, "the file is empty: write something in it or remove it")
    for signature, what in _BINARY_SIGNATURES.items():
        if data.startswith(signature):
            raise SourceError(path, f"this is {what}, not text: convert it to text or Markdown")
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(path, _explain(data, error)) from error
    if "\x00" in text:
        raise SourceError(path, "this is binary data, not text (it has zero bytes)")
    return text


def _explain(data: bytes, error: UnicodeDecodeError) -> str:
    """Says why the bytes are not text, and in which encoding they may be."""
    controls = sum(byte < 9 or 13 < byte < 32 for byte in data[:4096])
    if b"\x00" in data or controls > len(data[:4096]) / 50:
        return "this is binary data, not text: remove it or convert it to text"
    best = from_bytes(data).best()
    guess = f" (it may be {best.encoding})" if best else ""
    encoding = best.encoding.replace("_", "-") if best else "ENCODING"
    return (
        f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}{guess}; "
        f"save it as UTF-8, for example with: iconv -f {encoding} -t utf-8"
    )


def normalise(text: str) -> str:
    """Makes text that looks the same be the same.

    NFC, line feeds only, no control or invisible characters, no space at line ends, at most one
    blank line in a row, no blank lines at the ends. Idempotent.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n\n").replace("\f", "\n\n")
    text = _INVISIBLE.sub("", text)
    text = _CONTROL.sub(" ", text)
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")
