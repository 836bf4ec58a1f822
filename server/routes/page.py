"""The page where employees ask.

It is one HTML file for all its views, and assets under a path that changes with their contents. The browser loads
nothing from elsewhere and runs no script or style inside the HTML. What it shows comes from the public API.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from corpus.errors import NotFoundError
from server.settings import Settings

FOLDER = Path(__file__).parent.parent / "static"
HTML = "index.html"
VIEWS = ("/", "/map", "/overlaps", "/admin", "/posts/{rest:path}", "/documents/{rest:path}")
REPORT = "report.json"
FOR_A_YEAR = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class _Assets(StaticFiles):
    """The folder's files; what the path names never changes, as the path holds a hash of them all."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == HTML:
            raise NotFoundError("this is a template; the page itself is at /")
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_A_YEAR
        return response


def add_page(app: FastAPI, settings: Settings, folder: Path = FOLDER) -> None:
    """The views, their assets, and the evaluation report that one of them shows."""
    assets = f"/assets/{version_of(folder)}"
    modules = "".join(
        f'<link rel="modulepreload" href="{assets}/{path.name}">\n' for path in sorted(folder.glob("*.js"))
    )
    template = (folder / HTML).read_text(encoding="utf-8")
    html = template.replace("ASSETS", assets).replace("<!-- modules -->\n", modules)

    async def view() -> HTMLResponse:
        return HTMLResponse(html, headers={"Cache-Control": "no-cache", "Content-Security-Policy": POLICY})

    for path in VIEWS:
        app.add_api_route(path, view, include_in_schema=False)
    app.mount(assets, _Assets(directory=folder), name="assets")
    app.include_router(_report_router(settings))


def version_of(folder: Path) -> str:
    """A hash of all files of the page, so that a changed module is never mixed with older ones."""
    digest = hashlib.sha256()
    for path in sorted(filter(Path.is_file, folder.iterdir())):
        digest.update(path.name.encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _report_router(settings: Settings) -> APIRouter:
    router = APIRouter(tags=["page"])

    @router.get("/v1/admin/report")
    def report() -> dict[str, Any]:
        """What the last `duty eval --json` wrote to report.json in the home."""
        try:
            content: dict[str, Any] = json.loads((settings.home / REPORT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NotFoundError(
                f"there is no {REPORT} in the home; make one there with: duty eval --json {REPORT}"
            ) from None
        return content

    return router
