"""The chat page: its parts, and what happens when somebody uses them."""

# Gradio reads the annotations of event handlers at run time; they stand here unquoted.
import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.answers import Locale
from chatbot.notices import BANNER, disclaimer
from chatbot.settings import ChatSettings
from chatbot.web import words
from chatbot.web.asking import MOST_CHARACTERS, Desk, Question
from chatbot.web.conversation import Conversation
from chatbot.web.limits import Client
from chatbot.web.loading import Loader
from chatbot.web.logs import describe
from chatbot.web.prose import notice_line
from chatbot.web.render import greeting_html, status_html, trouble_html

logger = logging.getLogger(__name__)

HEAD = (
    '<link rel="stylesheet" href="citewell/page.css"><script src="citewell/page.js" defer></script>'
)
MOST_EXAMPLES = 4
# Handlers only wait; the threads that answer are limited elsewhere, where "busy" is said kindly.
MOST_AT_ONCE = 200
MOST_QUEUED = 400
FILES_LIVE_SECONDS = 3600
_LOCALES: dict[str, Locale] = {locale: locale for _, locale in words.LOCALES}
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass
class _Parts:
    """The components that handlers read or change."""

    conversation: gr.State
    chat: gr.Chatbot
    box: gr.Textbox
    locale: gr.Dropdown
    send: gr.Button
    stop: gr.Button
    again: gr.Button


def build_page(desk: Desk, loader: Loader) -> gr.Blocks:
    """Builds the page.

    Args:
        desk: Answers the questions.
        loader: Loads what answers them; the examples wait for it.
    """
    page = gr.Blocks(
        title=words.TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(FILES_LIVE_SECONDS, FILES_LIVE_SECONDS),
    )
    with page:
        parts = _lay_out()
        _connect(parts, _Handlers(desk, loader), page)
    page.max_threads = MOST_AT_ONCE
    page.queue(
        max_size=MOST_QUEUED,
        default_concurrency_limit=MOST_AT_ONCE,
        api_open=False,
    )
    return page


def theme() -> gr.themes.Base:
    """Makes the theme: quiet colours and the fonts that the patient's machine has."""
    fonts = [gr.themes.Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "sans-serif")]
    return gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", text_size="lg", font=fonts, font_mono=fonts[-1:]
    )


def _lay_out() -> _Parts:
    # Not gr.HTML, which evaluates its template as a script and so needs a weaker policy.
    gr.Markdown(_top(), elem_id="cw-top", container=False, latex_delimiters=[])
    chat = gr.Chatbot(
        label="Conversation",
        show_label=False,
        container=False,
        elem_id="cw-chat",
        height="auto",
        autoscroll=False,
        layout="bubble",
        buttons=[],
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        allow_file_downloads=False,
        group_consecutive_messages=False,
        feedback_options=[],
        placeholder=greeting_html() + status_html(words.OPENING),
    )
    with gr.Column(elem_id="cw-composer"), gr.Row(elem_id="cw-ask"):
        box = _box()
        send = gr.Button("Send", variant="primary", elem_id="cw-send", scale=0, min_width=88)
        stop = gr.Button("Stop", elem_id="cw-stop", scale=0, min_width=88, visible=False)
    with gr.Row(elem_id="cw-choices"):
        locale = _locale()
        again = gr.Button("Start over", elem_id="cw-again", scale=0, min_width=110)
    remembered = gr.State(Conversation(), time_to_live=ChatSettings().conversation_minutes * 60)
    return _Parts(remembered, chat, box, locale, send, stop, again)


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        placeholder="Ask a health question",
        lines=1,
        max_lines=6,
        max_length=MOST_CHARACTERS,
        elem_id="cw-box",
        scale=1,
    )


def _locale() -> gr.Dropdown:
    return gr.Dropdown(
        choices=list(words.LOCALES),
        value=ChatSettings().locale,
        label="Phone numbers for",
        filterable=False,
        elem_id="cw-locale",
        scale=0,
        min_width=170,
    )


def _top() -> str:
    return (
        f'<header class="cw-header"><h1>{words.TITLE}</h1><p>{words.TAGLINE}</p></header>'
        f'<div class="cw-banner" role="note">{notice_line(BANNER)}</div>'
    )


def _connect(parts: _Parts, handlers: "_Handlers", page: gr.Blocks) -> None:
    shown = [parts.chat, parts.conversation, parts.box, parts.send, parts.stop]
    # One event for all ways to ask: while it runs, Gradio lets none of them start another.
    asking = gr.on(
        [
            parts.send.click,
            parts.box.submit,
            parts.chat.example_select,
            parts.chat.option_select,
        ],
        handlers.ask,
        [parts.box, parts.conversation, parts.locale],
        shown,
        **_PRIVATE,
    )
    parts.stop.click(handlers.stop, [parts.conversation], shown, cancels=[asking], **_PRIVATE)
    # Gradio's own way to clear the chat would leave the conversation in place.
    fresh = [parts.again.click, parts.chat.clear]
    gr.on(fresh, handlers.restart, None, shown, cancels=[asking], **_PRIVATE)
    page.load(handlers.open, None, [parts.chat], **_PRIVATE)


class _Handlers:
    """What the page does; everything of a patient comes in and goes out as an argument."""

    def __init__(self, desk: Desk, loader: Loader) -> None:
        self._desk = desk
        self._loader = loader

    async def open(self) -> gr.Chatbot:
        """Offers example questions as soon as the library is open, or says that it is not."""
        assistant = await self._loader.wait()
        if assistant is None:
            trouble = trouble_html(words.CLOSED, (disclaimer(ChatSettings().locale),))
            return gr.Chatbot(placeholder=trouble + greeting_html())
        try:
            offered = list(await asyncio.to_thread(assistant.examples))[:MOST_EXAMPLES]
        except Exception as error:  # noqa: BLE001  the page works without examples
            logger.error("No examples to offer: %s", describe(error))  # noqa: TRY400
            offered = []
        examples: Any = [{"text": each} for each in offered]
        return gr.Chatbot(placeholder=greeting_html(), examples=examples)

    async def ask(
        self,
        text: str | None,
        conversation: Conversation,
        locale: str | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[list[Any]]:
        """Answers the example or suggestion that was chosen, or else what stands in the box."""
        asked = (_chosen(event) or text or "").strip()[: MOST_CHARACTERS + 1]
        if not asked:
            yield [gr.skip()] * 5
            return
        question = Question(
            asked,
            conversation.turns(),
            _LOCALES.get(locale or "", "unknown"),
            conversation.count + 1,
            Client(request.session_hash or "", request.client.host if request.client else ""),
        )
        box: Any = ""
        first = True
        async for reply in self._desk.replies(question):
            conversation = (
                conversation.stopped().asked(asked, reply) if first else conversation.replied(reply)
            )
            box = "" if first else gr.skip()
            first = False
            yield _show(conversation, box, running=not reply.done)

    def stop(self, conversation: Conversation) -> list[Any]:
        """Ends the reply that is being written."""
        return _show(conversation.stopped(), gr.skip(), running=False)

    def restart(self) -> list[Any]:
        """Forgets the conversation, for the next person at the same screen."""
        return _show(Conversation(), "", running=False)


def _chosen(event: gr.EventData) -> str:
    try:
        value = event.value
    except (AttributeError, TypeError):  # a click or a key brings no data
        return ""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else ""


def _show(conversation: Conversation, box: Any, *, running: bool) -> list[Any]:
    send, stop = gr.update(visible=not running), gr.update(visible=running)
    return [conversation.messages(), conversation, box, send, stop]
