"""A message from any messenger, answered once.

It is cleaned, asked with what was said before it, and given to the platform to send.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import TTLCache

from corpus.errors import DutyError, QuestionError
from retriever.result import RankedPost
from server.bots.calls import CallError
from server.layers.access import Caller
from server.logs import place_of
from server.service import Service, asked

logger = logging.getLogger("duty.bots")

TOP_K = 3
TURNS = 6  # of a conversation that are kept, and for how many conversations and seconds
CONVERSATIONS = 10_000
CONVERSATION_LASTS = 1800.0
SEEN = 100_000  # message ids that are remembered; Feishu repeats an event for up to 7 hours
SEEN_LASTS = 8 * 3600.0
WAITING = 1000  # messages that may be on their way at once
DRAIN = 20.0  # seconds that they have to end when the server stops

HELP = (
    "我按职责文档回答“这件事归哪个部门、哪个岗位管”，并附上原文。"
    "直接提问就行，例如：佣金怎么结算，找谁？接着可以追问：那公众客户呢？"
)
BAD_QUESTION = "这个问题我读不了：问题是 1 到 500 个字的文字。请换个说法再问。"
LATER = "现在回答不了，请稍后再试。"

_MENTION = re.compile(r"(?<!\S)@\S+")


class Refused(Exception):  # noqa: N818 - an outcome, which a route turns into a response
    """A request that is not the platform's, or too old: 401, whatever it was exactly."""


class BusyError(Exception):
    """Too many messages are on their way; the platform will deliver this one again."""


@dataclass(frozen=True, slots=True)
class Message:
    """What was written to the bot. `id` is the platform's own, the same when it delivers the message again."""

    platform: str
    id: str
    conversation: str
    sender: str
    text: str

    @property
    def caller(self) -> Caller:
        return Caller(f"{self.platform}:{self.sender}", frozenset({"ask"}))


@dataclass(frozen=True, slots=True)
class Reply:
    """A text, and the posts that it names, if it is an answer."""

    text: str
    posts: Sequence[RankedPost] = ()


Send = Callable[[Reply], Awaitable[None]]
IsOurs = Callable[[], Awaitable[bool]]  # for what only the platform can tell
T = TypeVar("T")


def strip_mentions(text: str, keys: Sequence[str] = ()) -> str:
    """A text without `keys`, which stand for mentioned people, and without words that begin with @.

    >>> strip_mentions("@_user_1佣金找谁 @张三", ["@_user_1"])
    '佣金找谁'
    """
    for key in sorted(keys, key=len, reverse=True):
        text = text.replace(key, " ")
    return _MENTION.sub(" ", text).strip()


class Desk:
    """Where messages of all platforms are answered.

    Belongs to one event loop; what it remembers ends with the process.
    """

    def __init__(self, service: Service, now: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._seen: TTLCache[str, bool] = TTLCache(SEEN, SEEN_LASTS, now)
        self._turns: TTLCache[str, tuple[tuple[str, str], ...]] = TTLCache(CONVERSATIONS, CONVERSATION_LASTS, now)
        self._running: set[asyncio.Task[Any]] = set()

    def is_new(self, message: Message) -> bool:
        """Whether this message did not come before. Says so once."""
        key = f"{message.platform}:{message.id}"
        if key in self._seen:
            return False
        self._seen[key] = True
        return True

    def take(self, message: Message, send: Send, is_ours: IsOurs | None = None) -> None:
        """Answer in the background, once; what proves not to be ours, not at all.

        Raises BusyError, after which the same message may come again.
        """
        if len(self._running) >= WAITING:
            raise BusyError
        if self.is_new(message):
            self.start(self._answer(message, send, is_ours))

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Work that nobody has to wait for; `close` does."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def reply(self, message: Message) -> Reply:
        """The answer, or what to say instead of one."""
        text = strip_mentions(message.text)
        if not text:
            return Reply(HELP)
        conversation = f"{message.platform}:{message.conversation}"
        try:
            document = self._service.settings.bot_document or None
            question = asked(text, None, None, TOP_K, self._turns.get(conversation, ()), document)
            # At once: the next message may be a follow-up before this one is answered.
            self._remember(conversation, "user", text)
            given = await self._service.ask(question, message.caller.name)
        except QuestionError:
            return Reply(BAD_QUESTION)
        except DutyError as error:
            logger.error("%s: a question was not answered: %s", message.platform, error.message)
            return Reply(LATER)
        except Exception as error:  # noqa: BLE001 - whoever asked must not wait for nothing
            logger.error("%s: unexpected %s", message.platform, place_of(error))
            return Reply(LATER)
        self._remember(conversation, "assistant", given.text)
        return Reply(given.text, given.result.shown)

    async def close(self) -> None:
        """Let what is on its way arrive."""
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN)

    def _remember(self, conversation: str, role: str, content: str) -> None:
        self._turns[conversation] = (*self._turns.get(conversation, ()), (role, content))[-TURNS:]

    async def _answer(self, message: Message, send: Send, is_ours: IsOurs | None) -> None:
        try:
            if is_ours is None or await is_ours():
                await send(await self.reply(message))
        except CallError as error:
            logger.error("%s: an answer was not delivered: %s", message.platform, error)
        except Exception as error:  # noqa: BLE001 - nobody waits for this task
            logger.error("%s: an answer was not delivered: unexpected %s", message.platform, place_of(error))
