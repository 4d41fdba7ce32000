"""Structured input: JSON lines, one document a line, also compressed with gzip."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.assembly import Part, Source, assemble, one_line
from ingest.errors import SourceError
from ingest.normalise import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.documents import Document


class _SectionRecord(BaseModel):
    model_config = ConfigDict(strict=True)

    heading: str = ""
    text: str


class _DocumentRecord(BaseModel):
    """One line; fields that are not named here are passed over."""

    model_config = ConfigDict(strict=True)

    id: str = Field(min_length=1, max_length=300)
    title: str = Field(min_length=1)
    sections: list[_SectionRecord] = Field(min_length=1)
    synonyms: list[str] | None = None
    url: str | None = None
    publisher: str | None = None
    reviewed: str | None = None
    licence: str | None = None


def load_jsonl(data: bytes, path: str, max_bytes: int) -> Iterator[Document | SourceError]:
    """Reads the documents one by one; a line that makes none gives its error instead.

    Args:
        data: The file's content.
        path: Named in documents and errors.
        max_bytes: More than this, unpacked, is refused.

    Raises:
        SourceError: The file as a whole can't be read.
    """
    if data.startswith(b"\x1f\x8b"):
        data = _unpack(data, path, max_bytes)
    # Lines end with a line feed and nothing else: JSON strings may hold other separators raw.
    for number, line in enumerate(decode(data, path).split("\n"), start=1):
        if line.strip():
            try:
                yield _document(line, path, f"{path}:{number}")
            except SourceError as error:
                yield error


def _unpack(data: bytes, path: str, max_bytes: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = decompressor.decompress(data, max_bytes + 1)
        if len(unpacked) <= max_bytes and decompressor.unused_data:
            # Several gzip members one after the other, as some programs write them.
            unpacked = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(path, f"the gzip data is broken ({error}): make the file anew") from error
    if len(unpacked) > max_bytes:
        raise SourceError(
            path,
            f"it unpacks to more than {max_bytes} bytes: split it, or raise "
            "CITEWELL_MAX_FILE_BYTES",
        )
    if not decompressor.eof:
        raise SourceError(path, "the gzip data ends too early: make the file anew")
    return unpacked


def _document(line: str, path: str, place: str) -> Document:
    try:
        record = _DocumentRecord.model_validate_json(line)
    except ValidationError as error:
        raise SourceError(place, _explain(error)) from error
    title = one_line(record.title)
    parts = [
        Part((heading,) if (heading := one_line(section.heading)) else (), section.text)
        for section in record.sections
    ]
    if not title or not any(part.body.strip() for part in parts):
        missing = "text in any section" if title else "title"
        raise SourceError(place, f"the document {record.id!r} has no {missing}: add it")
    source = Source(
        id=one_line(record.id),
        title=title,
        path=path,
        synonyms=tuple(name for entry in record.synonyms or () if (name := one_line(entry))),
        url=_line(record.url),
        publisher=_line(record.publisher),
        reviewed=_line(record.reviewed),
        licence=_line(record.licence),
    )
    return assemble(source, parts)


def _line(text: str | None) -> str | None:
    """A field that is shown beside the text, without what nobody sees; None where it is empty."""
    return one_line(text or "") or None


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    if first["type"] == "json_invalid":
        return f"not valid JSON: {first['ctx']['error']}"
    return f"{place or 'the line'}: {first['msg']} (id, title and sections are required)"
