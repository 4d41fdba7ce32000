"""The errors that CiteWell raises on purpose.

* CiteWellError
  * SourceError          a source cannot be read or makes no document
  * IndexMissingError    there is no index where one was expected
  * IndexMismatchError   the index was built with something else than what is installed
  * IndexLockedError     another process is writing the index
  * ModelError           the embedding model is not the one it should be
  * SettingsError        a data or settings file says something that makes no sense

Each message says what happened, names the value, and says what to do.
"""

from __future__ import annotations


class CiteWellError(Exception):
    """Base of all errors that are told to a person by their message alone."""


class SourceError(CiteWellError):
    """A source cannot be read or makes no document.

    Attributes:
        path: The file as it was named, with ``:line`` where one line is at fault.
        reason: What is wrong and what to do about it.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Makes the message of both."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class IndexMissingError(CiteWellError):
    """There is no index where one was expected."""


class IndexMismatchError(CiteWellError):
    """The index was built with something else than what is installed or set now."""


class IndexLockedError(CiteWellError):
    """Another process is writing the index."""


class ModelError(CiteWellError):
    """The embedding model is not the one it should be."""


class SettingsError(CiteWellError):
    """A data or settings file says something that makes no sense."""
