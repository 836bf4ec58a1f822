"""`make screenshots`: the main views of the page on the shipped document, as small PNG files in docs/."""

import io
import logging
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import load_encoder
from tests.browser import browsing, chromium, open_context, serving

DOCS = Path(__file__).parent.parent / "docs"
COLOURS = 255  # a palette: half the bytes
VIEWS = [
    ("page-ask", "/?q=销售派单归谁管", ".post.best", {}),
    ("page-home", "/", ".chip", {}),
    ("page-map", "/map", ".tile", {}),
    ("page-overlaps", "/overlaps", ".group", {}),
    ("page-dark", "/posts/政企客户部/客户经理", ".numbered", {"dark": True}),
    ("page-phone", "/?q=食堂几点开饭", ".post", {"phone": True}),
]


def main() -> None:
    executable = chromium()
    if executable is None:
        sys.exit("screenshots need Chromium; run: apt-get install chromium fonts-noto-cjk")
    logging.disable(logging.INFO)
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_index(load_corpus(), encoder, folder)
        with serving(folder, folder, encoder) as address, browsing(executable) as browser:
            for view in VIEWS:
                take(browser, address, *view)


def take(browser: Browser, address: str, name: str, path: str, ready: str, options: dict[str, bool]) -> None:
    context = open_context(browser, address, **options)
    page = context.new_page()
    page.goto(path)
    expect(page.locator(ready).first).to_be_visible()
    page.evaluate("document.fonts.ready")
    image = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    file = DOCS / f"{name}.png"
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(DOCS.parent)}: {file.stat().st_size // 1000} KB")


if __name__ == "__main__":
    main()
