"""What the web app writes to its log: never what a patient wrote."""

from __future__ import annotations

import traceback


def describe(error: BaseException) -> str:
    """Tells an error's type and where it came from, without its message.

    Messages of other people's exceptions often quote their input, which here is what a patient
    wrote about their health.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}, raised at\n{where}"
