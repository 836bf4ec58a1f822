"""Signing in to the page with a key, where DUTY_PAGE_ACCESS is `key`.

The browser then holds a cookie that no script can read.
"""

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from server.errors import error_response, json_response
from server.layers.access import COOKIE, session_token
from server.schemas import SessionOut, SignInBody
from server.settings import Settings
from server.storage.database import SESSION_LASTS, Database


def session_router(database: Database, settings: Settings) -> APIRouter:
    router = APIRouter(tags=["page"])

    @router.post("/v1/session", response_model=SessionOut)
    async def sign_in(body: SignInBody, request: Request) -> Response:
        path = request.url.path
        if settings.page_access != "key":
            return error_response(
                path, 403, "forbidden", f"nobody signs in here: DUTY_PAGE_ACCESS is {settings.page_access}"
            )
        key = await to_thread.run_sync(database.key_of, body.key)
        if key is None:
            return error_response(path, 401, "bad_key", "this API key is unknown or revoked", "key")
        token = await to_thread.run_sync(database.open_session, key)
        response = json_response({"caller": f"key:{key.id}", "scopes": list(key.scopes)})
        response.set_cookie(
            COOKIE, token, max_age=int(SESSION_LASTS.total_seconds()), httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @router.delete("/v1/session", status_code=204, response_class=Response)
    async def sign_out(request: Request) -> Response:
        if token := session_token(request.headers):
            await to_thread.run_sync(database.close_session, token)
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    return router
