"""How often one patient, and one network address, may ask."""

from __future__ import annotations

from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ingest.errors import CiteWellError


class TooOftenError(CiteWellError):
    """A client has asked more often than is allowed."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, as far as a limit needs to know.

    Attributes:
        visit: Names one tab of one browser, for as long as it is open.
        address: The network address; everybody in a clinic may share one.
    """

    visit: str = ""
    address: str = ""


class RateLimit:
    """Counts the questions of the last minute by visit and by address; keeps no words.

    A visit's limit is what a person could want. An address may stand for a whole clinic, so its
    limit only keeps one machine from taking all there is.
    """

    def __init__(self, per_visit: int, per_address: int) -> None:
        """Takes how many questions are answered in any minute; 0 for any number."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._most = {"visit": per_visit, "address": per_address}

    def count(self, client: Client) -> None:
        """Counts one question; raises TooOftenError when it is one too many."""
        keys = {"visit": client.visit, "address": client.address}
        for name, most in self._most.items():
            if most and not self._limiter.hit(RateLimitItemPerMinute(most), name, keys[name]):
                raise TooOftenError(f"more than {most} questions of one {name} within a minute")
