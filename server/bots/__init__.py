"""Bots in the messengers of Chinese organisations: one module a platform, over one desk that answers (message.py)."""

import contextlib
from collections.abc import AsyncIterator

from fastapi import APIRouter

from server.bots.dingtalk import DingTalk
from server.bots.feishu import Feishu
from server.bots.message import Desk
from server.bots.wecom import WeCom
from server.service import Service


def bots_router(service: Service) -> APIRouter:
    """The callbacks of the platforms whose settings are given."""
    settings, desk = service.settings, Desk(service)
    bots: list[WeCom | Feishu | DingTalk] = []
    if settings.wecom_corp_id:
        bots.append(WeCom(desk, settings))
    if settings.feishu_encrypt_key:
        bots.append(Feishu(desk, settings))
    if settings.dingtalk_client_secret:
        bots.append(DingTalk(desk, settings))

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await desk.close()
            for bot in bots:
                await bot.close()

    router = APIRouter(lifespan=lifespan)
    for bot in bots:
        router.include_router(bot.router())
    return router
