"""Cases: their fields, and what is said of a line that is none."""

from __future__ import annotations

import gzip
import json

import pytest

from chatbot.answers import Outcome
from chatbot.triage import Action
from evals.__main__ import main
from evals.cases import CasesError, digest, load_cases
from ingest.errors import SourceError
from tests.conftest import PROJECT, SHARED, needs
from tests.evals.conftest import case

MEDQUAD = SHARED / "data" / "medquad" / "questions.jsonl.gz"
LIVEQA = SHARED / "data" / "liveqa" / "questions.jsonl.gz"


def written(tmp_path, *lines):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    return path


def test_the_shipped_cases_are_cases_with_ids_of_their_own():
    cases = load_cases([PROJECT / "evals" / "cases"])
    assert len({each.id for each in cases}) == len(cases) >= 300
    assert all(each.question.strip() and each.tags for each in cases)


def test_a_line_may_say_everything(tmp_path):
    relevant = [{"document_id": "gout", "heading": "Causes", "grade": 2}, {"title": "Gout"}]
    line = {
        "id": "a",
        "question": "and why?",
        "history": [{"role": "user", "content": "what is gout?"}],
        "locale": "uk",
        "outcome": ["answered", "abstained"],
        "relevant": relevant,
        "must": ["crystal|crystals"],
        "must_not": ["you have"],
        "standalone": "why does gout come?",
        "action": "normal",
        "tags": ["x"],
    }
    (found,) = load_cases([written(tmp_path, line)])
    assert found.outcomes == (Outcome.ANSWERED, Outcome.ABSTAINED)
    assert [each.grade for each in found.relevant] == [2, 3]
    assert found.relevant[1].heading is None
    assert found.expected_action is Action.NORMAL
    assert json.loads(found.model_dump_json(exclude_defaults=True)) == line | {"relevant": relevant}


def test_an_outcome_with_a_card_is_an_expected_action():
    assert case(outcome="crisis").expected_action is Action.CRISIS
    assert case(outcome=["crisis", "emergency"]).expected_action is None
    assert case(outcome="answered").expected_action is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "b"}', r"cases\.jsonl:2: question: Field required"),
        ('{"id": "b", "question": "q", "outcom": "x"}', r":2: outcom: Extra inputs"),
        ('{"id": "b", "question": "q", "outcome": "fine"}', r":2: outcome: Input should be 'answ"),
        ('{"id": "b", "question": "q", "outcome": ["fine"]}', r":2: outcome: Input should be"),
        ('{"id": "b", "question": "q", "relevant": [{"heading": "h"}]}', r"relevant\.0: .*title"),
        ('{"id": "b", "question": "q", "relevant": [{"title": "t", "grade": 4}]}', r"0\.grade: "),
        ('{"id": "a", "question": "q"}', r":2: the id 'a' stands in .*cases\.jsonl:1, too"),
        ('{"id": "b", ', r":2: not valid JSON"),
        ("[]", r":2: it is no object"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path, line, reason):
    path = written(tmp_path, {"id": "a", "question": "q"}, line)
    with pytest.raises(CasesError, match=reason):
        load_cases([path])


def test_the_command_line_names_it_too(tmp_path, capsys):
    path = written(tmp_path, {"id": "a", "question": "q"}, {"id": "b"})
    assert main(["run", str(path)]) == 1
    assert "cases.jsonl:2: question" in capsys.readouterr().err


def test_what_holds_no_case_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CasesError, match="holds no cases"):
        load_cases([tmp_path / "empty"])
    with pytest.raises(SourceError, match=r"cases\.jsonl: the file is empty"):
        load_cases([written(tmp_path, "")])
    with pytest.raises(CasesError, match="No such file"):
        load_cases([tmp_path / "nowhere.jsonl"])
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b'{"id": "a"}' * 99)[:-9])
    with pytest.raises(CasesError, match="gzip"):
        load_cases([tmp_path / "torn.jsonl.gz"])


def test_a_sample_is_drawn_the_same_way_twice(tmp_path):
    path = written(tmp_path, *({"id": str(n), "question": "q"} for n in range(50)))
    first, again = (load_cases([path], sample=7, seed=3) for _ in range(2))
    other = load_cases([path], sample=7, seed=4)
    assert [each.id for each in first] == [each.id for each in again]
    assert len(first) == 7
    assert [each.id for each in first] != [each.id for each in other]
    assert len(load_cases([path], sample=500)) == 50


def test_the_digest_tells_sets_of_cases_apart():
    one, other = case(), case(must=["x"])
    assert digest([one]) == digest([case()])
    assert digest([one]) != digest([other])
    assert digest([one, other]) != digest([other, one])


def test_a_medquad_line_is_a_case(tmp_path):
    line = {"id": "m", "question": "q", "document_id": "d", "title": "Gout", "heading": "causes"}
    (found,) = load_cases([written(tmp_path, line)])
    assert [(r.title, r.heading, r.document_id) for r in found.relevant] == [
        ("Gout", "causes", None)
    ]
    assert found.tags == ["causes"]


def test_a_liveqa_line_has_two_views(tmp_path):
    judged = [{"document_id": "d", "heading": "causes", "grade": 1}]
    line = {"id": "l", "question": "a long message", "summary": "short?", "judgements": judged}
    path = written(tmp_path, line)
    (message,), (summary,) = load_cases([path]), load_cases([path], liveqa="summary")
    assert (message.question, summary.question) == ("a long message", "short?")
    assert message.relevant[0].grade == 1
    assert message.answering == []


@pytest.mark.shared
@needs(MEDQUAD)
def test_medquad_loads_whole():
    cases = load_cases([MEDQUAD])
    assert len(cases) == 14_809
    assert all(len(each.relevant) == 1 and each.relevant[0].heading for each in cases)


@pytest.mark.shared
@needs(LIVEQA)
def test_liveqa_loads_whole():
    cases = load_cases([LIVEQA], liveqa="summary")
    assert len(cases) == 35
    assert sum(len(each.relevant) for each in cases) == 182
