"""The load test: a few patients of the real app, and what is made of what they hear."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

import httpx
import pytest

from chatbot.web import words
from chatbot.web.render import question_html, trouble_html
from evals import bench
from evals.bench import load
from evals.bench.load import Plan, load_questions
from evals.bench.visits import Doors, Heard, Question, Visit
from ingest.errors import CiteWellError


def options(*arguments):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(list(map(str, arguments)))


def message(html):
    return f'<div class="cw-answer cw-answered">{html}</div>'


def shown(*texts):
    """A conversation as the server sends it at the end of an event."""
    roles = ("user", "assistant") * len(texts)
    return [
        {"role": role, "content": [{"type": "text", "text": text}]}
        for role, text in zip(roles, texts, strict=False)
    ]


def hear(*lines, question="what is gout?", card=False, status=200):
    """What a patient hears when the stream brings these messages."""

    def answer(request):
        if request.url.path.endswith("/join"):
            return httpx.Response(status, json={"event_id": "e"})
        body = "".join(f"data: {json.dumps(line)}\n\n" for line in lines)
        return httpx.Response(200, text=body)

    async def ask():
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await Visit(client, Doors((0, 6), (5, 0))).ask(Question(question, card=card))

    return asyncio.run(ask())


def reply(html, question="what is gout?"):
    data = [shown(question_html(question), html), None, "", {}, {}]
    output = {"data": data}
    return {"msg": "process_completed", "event_id": "e", "success": True, "output": output}


CARD = '<div class="cw-answer cw-emergency">Call</div>'


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (message("Gout is"), "answer"),
        (CARD, "card"),
        (trouble_html(words.BUSY, ()), "busy"),
    ],
)
def test_what_a_patient_hears(html, kind):
    heard = hear({"msg": "process_starts", "event_id": "e"}, {"msg": "close_stream"}, reply(html))
    assert (heard.kind, heard.reason) == (kind, "")
    assert heard.seconds > 0


def test_an_emergency_must_get_its_card():
    assert hear(reply(CARD), card=True).kind == "card"
    for html in (message("Gout is"), trouble_html(words.BUSY, ())):
        heard = hear(reply(html), card=True)
        assert heard.kind == "error"
        assert "an emergency got no card" in heard.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (reply(trouble_html(words.BROKEN, ())), "the page said: Sorry, something went wrong"),
        (reply(trouble_html(words.TOO_OFTEN, ())), "the page said: That is more questions"),
        (reply(message("Gout is"), "what is flu?"), "not the patient's own"),
        ({**reply(""), "success": False}, "the page's handler failed"),
        ({**reply(message("Gout is")), "event_id": "other"}, "ended without a reply"),
        ({"msg": "unexpected_error", "message": "gone"}, "the stream broke off: gone"),
        ({**reply(""), "output": {"data": [[]]}}, "IndexError"),
    ],
)
def test_anything_else_is_an_error(line, reason):
    heard = hear(line)
    assert heard.kind == "error"
    assert reason in heard.reason


def test_a_refused_question_is_an_error():
    heard = hear(status=503)
    assert (heard.kind, heard.reason) == ("error", "HTTP 503 from /gradio_api/queue/join")


def test_all_kinds_of_questions_are_asked_early_on():
    asked = load_questions()
    assert len({each.text for each in asked}) == len(asked) > load.QUESTIONS
    assert any(each.card for each in asked[: load.QUESTIONS])
    assert 0.05 < sum(each.card for each in asked) / len(asked) < 0.25


def test_a_few_patients_are_answered_at_once(library):
    told, failed = bench.execute(
        options("load", "--index", library, "--patients", 3, "--questions", 1,
                "--think", "0,0.2", "--json")
    )  # fmt: skip
    found = json.loads(told)
    assert not failed, told
    assert (found["asked"], found["answers"], found["cards"]) == (3, 2, 1)
    assert (found["busy"], found["errors"], found["reasons"], found["log"]) == (0, 0, {}, [])
    assert found["seconds"]["cards"]["n"] == 1
    assert 0 < found["seconds"]["all"]["p50"] <= found["seconds"]["all"]["max"] < 30
    assert found["seconds"]["opening"]["n"] == 3


def test_load_needs_an_index(tmp_path):
    with pytest.raises(CiteWellError, match="build it with make ingest"):
        bench.execute(options("load", "--index", tmp_path / "none"))


@pytest.mark.parametrize("think", ["3", "3,2", "-1,2", "1,inf", "nan,2", "x,y"])
def test_thinking_times_are_checked(think, capsys):
    with pytest.raises(SystemExit) as stopped:
        options("load", f"--think={think}")
    assert stopped.value.code == 2
    assert "--think" in capsys.readouterr().err


def test_load_in_words():
    opened = [Heard("answer", 0.2), Heard("error", 9.0, "ReadTimeout: ")]
    heard = [Heard("answer", 1.5), Heard("answer", 2.5), Heard("card", 0.25), Heard("busy", 0.5)]
    plan = Plan(Path("index"), patients=2, questions=2)
    measured = {**load.of_plan(plan), **load.figures(opened, heard), "log": ["ERROR x: y"]}
    text = load.in_words(measured)
    assert "2 patients, 2 questions each, after 2 to 6 s of thought" in text
    assert "the limits were raised for this run: CITEWELL_QUESTIONS_PER_MINUTE=" in text
    assert '4 asked: 2 answers, 1 cards, 1 told "busy", 1 errors' in text
    assert "cards    p50   0.250   p95   0.250   max   0.250   (1)" in text
    assert "error, 1 times: ReadTimeout" in text
    assert "in the app's log: ERROR x: y" in text
    assert load.failed(measured)
    assert not load.failed({"errors": 0, "log": [], "busy": 3})
