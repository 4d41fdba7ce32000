"""What the page shows in reply, whatever goes wrong."""

import asyncio
import logging
import threading

import pytest

from chatbot.answers import Answer, Outcome
from chatbot.web import words
from chatbot.web.asking import MOST_CHARACTERS, Desk, Question
from chatbot.web.limits import Client, RateLimit
from chatbot.web.loading import Loader
from chatbot.web.workers import BusyError, Workers
from ingest.errors import IndexMissingError
from tests.web.fakes import CARD, DISCLAIMER, URGENT_CARD

ONE = Client("one", "192.0.2.1")


def check(question, _history, _locale, _reader=None):
    """Stands in for triage: two words, two cards."""
    if "chest pain" in question:
        return Answer("", "", Outcome.EMERGENCY, CARD.text, notices=(CARD, DISCLAIMER))
    if "urgent" in question:
        return Answer("", "", Outcome.URGENT, "", notices=(URGENT_CARD, DISCLAIMER))
    return None


@pytest.fixture
def workers():
    made = Workers(at_once=1, waiting=1)
    yield made
    made.close()


def ask(desk, text, history=(), locale="us", client=ONE):
    async def collect():
        question = Question(text, history, locale, 1, client)
        return [reply async for reply in desk.replies(question)]

    return asyncio.run(collect())


def missing():
    raise IndexMissingError("there is no index in /nowhere; run make ingest")


def test_an_answer_is_written_out_sentence_by_sentence(fake, workers):
    first, *partial, last = ask(Desk(Loader(lambda: fake), workers, check), "symptoms")
    assert words.WAKING in first.html
    assert [reply.html.count('cw-marker"') for reply in partial] == [1, 2, 3]
    assert last.done
    assert not any(reply.done for reply in (first, *partial))
    assert fake.heard == [("symptoms", (), "us")]
    assert last.text == fake.answer("symptoms").text


def test_a_card_waits_for_nothing(workers):
    held = threading.Event()
    loader = Loader(lambda: held.wait(20))
    loader.start()
    (reply,) = ask(Desk(loader, workers, check), "chest pain")
    held.set()
    assert "cw-card-emergency" in reply.html
    assert reply.text == CARD.text


def test_a_card_does_not_fail_with_the_library(workers):
    (reply,) = ask(Desk(Loader(missing), workers, check), "chest pain")
    assert "cw-card-emergency" in reply.html


def test_a_missing_library_is_told_with_its_remedy(workers, caplog):
    caplog.set_level(logging.ERROR)
    replies = ask(Desk(Loader(missing), workers, check), "urgent: my private words")
    assert all("Speak to a doctor today" in reply.html for reply in replies)
    assert "make ingest" in replies[-1].html
    assert "General information" in replies[-1].html
    assert "there is no index in /nowhere" in caplog.text
    assert "private" not in caplog.text


def test_an_error_is_kind_and_its_message_stays_out_of_the_log(fake, workers, caplog):
    last = ask(Desk(Loader(lambda: fake), workers, check), "raise my private words")[-1]
    assert words.BROKEN in last.html
    assert last.text is None
    assert "cw-disclaimer" in last.html
    assert "RuntimeError" in caplog.text
    assert "fakes.py" in caplog.text
    assert "private" not in caplog.text


def test_a_check_that_fails_lets_no_answer_through(fake, workers):
    def broken(*_):
        raise ValueError("rule book")

    (reply,) = ask(Desk(Loader(lambda: fake), workers, broken), "symptoms")
    assert words.BROKEN in reply.html
    assert fake.heard == []


def test_too_many_characters_are_refused(fake, workers):
    reply = ask(Desk(Loader(lambda: fake), workers, check), "x" * (MOST_CHARACTERS + 1))[-1]
    assert words.TOO_LONG in reply.html
    assert fake.heard == []


def test_too_many_patients_are_told_kindly(fake, workers):
    desk = Desk(Loader(lambda: fake), workers, check)

    async def crowd():
        async def one(text):
            return [reply async for reply in desk.replies(Question(text, (), "us", 1))][-1]

        tasks = [asyncio.create_task(one(f"held {number}")) for number in range(4)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        busy = [task.result().html for task in done]
        fake.go_on.set()
        rest = await asyncio.gather(*tasks)
        return busy, [reply.html for reply in rest]

    busy, everything = asyncio.run(crowd())
    assert all("Many people are asking" in page for page in busy)
    assert sum("cw-sources" in page for page in everything) == 2


def test_work_that_nobody_waits_for_is_dropped():
    done = []
    go_on = threading.Event()

    async def stop_the_second():
        workers = Workers(at_once=1, waiting=1)
        first = asyncio.create_task(workers.run(go_on.wait, 20))
        second = asyncio.create_task(workers.run(done.append, "second"))
        await asyncio.sleep(0.1)
        with pytest.raises(BusyError):
            await workers.run(done.append, "third")
        second.cancel()
        await asyncio.sleep(0.1)
        fourth = asyncio.create_task(workers.run(done.append, "fourth"))
        go_on.set()
        await asyncio.gather(first, fourth)
        workers.close()

    asyncio.run(stop_the_second())
    assert done == ["fourth"]


def test_who_asks_too_often_waits_but_never_for_a_card(fake, workers):
    desk = Desk(Loader(lambda: fake), workers, check, RateLimit(per_visit=2, per_address=3))
    answered = [len(ask(desk, "symptoms")) > 1 for _ in range(3)]
    assert answered == [True, True, False]
    (refused,) = ask(desk, "symptoms")
    assert words.TOO_OFTEN in refused.html
    assert "General information" in refused.html
    assert "heart attack" in ask(desk, "chest pain")[-1].html
    neighbours = [Client(name, "192.0.2.1") for name in ("two", "three")]
    assert [len(ask(desk, "symptoms", client=each)) > 1 for each in neighbours] == [True, False]
    assert len(ask(desk, "symptoms", client=Client("four", "192.0.2.2"))) > 1
    assert len(fake.heard) == 4
