"""Paths that a person names -> the files to read."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import SourceError
from ingest.loaders import ENDINGS, can_load

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

# Speaks about a folder of documents and is none.
_README = "readme"
_NOT_IN_ID = re.compile(r"[^\w./-]+")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: Where it is, absolute.
        shown: How it is named in documents, citations and errors: relative to the folder above
            the one that was named, so that no machine's folders are told.
        document_id: The id of its document where the file itself gives none.
    """

    path: Path
    shown: str
    document_id: str


def find_files(paths: list[Path]) -> Iterator[SourceFile | SourceError]:
    """The files below the paths, each once, in the order of their names.

    Folders are walked, their hidden files and READMEs passed over; links are not followed out of
    them. What can't be taken comes as its error.
    """
    seen: set[Path] = set()
    for named in paths:
        root = named.resolve()
        if root.is_dir():
            yield from _walk(root, seen)
        elif not root.exists():
            yield SourceError(str(named), "there is no such file or folder")
        elif not can_load(root):
            known = ", ".join(ENDINGS)
            yield SourceError(
                str(named), f"{root.suffix or 'no ending'} is no format known here ({known})"
            )
        elif root not in seen:
            seen.add(root)
            yield SourceFile(root, root.name, _document_id(Path(root.name)))


def _walk(root: Path, seen: set[Path]) -> Iterator[SourceFile]:
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") for part in relative.parts)
        if hidden or not path.is_file() or path in seen:
            continue
        if not path.resolve().is_relative_to(root):
            log.warning("%s: passed over, it links to a place outside %s", relative, root.name)
        elif path.stem.lower() == _README:
            continue
        elif not can_load(path):
            log.warning("%s: passed over, its format is not known here", relative)
        else:
            seen.add(path)
            shown = (Path(root.name) / relative).as_posix()
            yield SourceFile(path, shown, _document_id(relative))


def _document_id(relative: Path) -> str:
    """The path without its ending, with nothing in it that an address would have to escape."""
    name = relative.name[: -len(_ending(relative))] or relative.name
    return _NOT_IN_ID.sub("-", (relative.parent / name).as_posix()).strip("-") or "document"


def _ending(path: Path) -> str:
    return next((end for end in ENDINGS if path.name.lower().endswith(end)), path.suffix)
