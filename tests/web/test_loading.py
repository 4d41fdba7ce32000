"""The library is opened once, in the background."""

import asyncio
import threading

from chatbot.web.loading import Loader, Stage
from ingest.errors import IndexMissingError


def test_a_load_runs_once_however_many_ask(fake):
    calls = []
    held = threading.Event()

    def load():
        calls.append(1)
        held.wait(20)
        return fake

    async def many():
        loader = Loader(load)
        assert loader.stage is Stage.WAITING
        waiting = [asyncio.create_task(loader.wait()) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert loader.stage is Stage.LOADING
        assert loader.assistant is None
        held.set()
        return await asyncio.gather(*waiting)

    assert asyncio.run(many()) == [fake] * 5
    assert calls == [1]


def test_a_failed_load_is_tried_again_after_a_while(fake, caplog):
    outcomes = [IndexMissingError("no index; run make ingest"), fake]

    def load():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    patient, eager = Loader(load, retry_seconds=60), Loader(load, retry_seconds=0)
    assert asyncio.run(patient.wait()) is None
    assert asyncio.run(patient.wait()) is None
    assert patient.problem == "no index; run make ingest"
    assert "run make ingest" in caplog.text
    outcomes.insert(0, ValueError("patient's words"))
    assert asyncio.run(eager.wait()) is None
    assert eager.problem == "an unexpected ValueError"
    assert asyncio.run(eager.wait()) is fake
    assert eager.stage is Stage.READY
    assert "patient's words" not in caplog.text
