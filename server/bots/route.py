"""What the routes of all platforms do alike: turn away what is not the platform's, and what is too much."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from server.bots.message import BusyError, Refused
from server.errors import error_response

logger = logging.getLogger("duty.bots")


class BotRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_safely(request: Request) -> Response:
            path = request.url.path
            try:
                return await handle(request)
            except Refused as refused:
                # Only the log says why: whoever tries out signatures or paddings must learn nothing.
                logger.warning("%s: refused: %s", path, refused)
                return error_response(path, 401, "refused", "this is no request of the platform, or an old one")
            except BusyError:
                message = "too many messages are being answered; send it again"
                return error_response(path, 503, "busy", message, headers={"Retry-After": "1"})

        return handle_safely
