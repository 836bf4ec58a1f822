"""The page where employees ask.

It is one HTML file for all its views, and assets under a path that changes with their contents. The browser loads
nothing from elsewhere and runs no script or style inside the HTML. What it shows comes from the public API.
"""

import gzip
import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

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


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `etag` is a hash of its bytes."""

    content: bytes
    packed: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, name: str) -> "Asset":
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        media_type = kind if kind.startswith("image/") else f"{kind}; charset=utf-8"
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content, mtime=0), media_type, f'"{digest}"')

    def response(self, request: Request, cache: str) -> Response:
        headers = {
            "Cache-Control": cache,
            "ETag": self.etag,
            "Vary": "Accept-Encoding",
            "Content-Security-Policy": POLICY,
        }
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.media_type)
        return Response(self.content, headers=headers, media_type=self.media_type)


@dataclass(frozen=True, slots=True)
class Page:
    """`assets` by name; `version` is a hash of all of them, so that a changed module is never mixed with older ones."""

    html: Asset
    assets: dict[str, Asset]
    version: str

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "Page":
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        version = hashlib.sha256(b"\0".join(name.encode() + content for name, content in files.items())).hexdigest()[
            :12
        ]
        template = files.pop(HTML).decode()
        modules = "".join(
            f'<link rel="modulepreload" href="/assets/{version}/{name}">\n' for name in files if name.endswith(".js")
        )
        html = template.replace("ASSETS", f"/assets/{version}").replace("<!-- modules -->\n", modules)
        assets = {name: Asset.of(content, name) for name, content in files.items()}
        return cls(Asset.of(html.encode(), HTML), assets, version)


def page_router(settings: Settings) -> APIRouter:
    router = APIRouter(tags=["page"])
    page = Page.read()

    async def view(request: Request) -> Response:
        return page.html.response(request, "no-cache")

    for path in VIEWS:
        router.add_api_route(path, view, include_in_schema=False)

    @router.get("/assets/{version}/{name}", include_in_schema=False)
    async def asset(version: str, name: str, request: Request) -> Response:
        if version != page.version or name not in page.assets:
            raise NotFoundError("no such asset; load the page again")
        return page.assets[name].response(request, FOR_A_YEAR)

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
