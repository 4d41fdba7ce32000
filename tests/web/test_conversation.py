"""The conversation as the page keeps it."""

from chatbot.answers import Outcome, Turn
from chatbot.web.conversation import MOST_EXCHANGES, Conversation, Reply
from tests.web.fakes import DISCLAIMER, EVIL, URGENT_CARD

WAITING = Reply("waiting", done=False, notices=(URGENT_CARD, DISCLAIMER), outcome=Outcome.URGENT)


def test_history_holds_unanswered_questions_too():
    talk = Conversation().asked("one", Reply("<p>", "first")).asked("two", WAITING)
    assert talk.turns() == (Turn("user", "one"), Turn("assistant", "first"), Turn("user", "two"))


def test_messages_show_the_question_as_it_was_written():
    question, reply = Conversation().asked(EVIL, Reply("<p>", suggestions=("a?",))).messages()
    assert "<script" not in question["content"]
    assert reply == {"role": "assistant", "content": "<p>", "options": [{"value": "a?"}]}


def test_stopping_keeps_the_card_and_the_disclaimer():
    page = Conversation().asked("one", WAITING).stopped().exchanges[0].reply.html
    assert page.index("Speak to a doctor today") < page.index("Stopped") < page.index("General")


def test_stopping_keeps_what_is_written_already():
    partly = Reply("half", "all of it", done=False)
    reply = Conversation().asked("one", partly).stopped().exchanges[0].reply
    assert (reply.html, reply.done) == ("half", True)


def test_a_conversation_does_not_grow_for_ever():
    talk = Conversation()
    for number in range(MOST_EXCHANGES + 5):
        talk = talk.asked(str(number), WAITING)
    assert len(talk.exchanges) == MOST_EXCHANGES
    assert talk.count == MOST_EXCHANGES + 5
    assert talk.exchanges[-1].question == str(MOST_EXCHANGES + 4)
    assert Conversation().stopped() == Conversation()
