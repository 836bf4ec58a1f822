"""`python -m bench.page`: from Enter to the first visible answer, in Chromium on loopback, a new question each time."""

import logging
import statistics
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from corpus.load import load_corpus
from eval.calibrate import DEV
from eval.gold import read_gold
from indexer.build import build_index
from indexer.encoders.encoder import load_encoder
from tests.browser import browsing, chromium, open_context, serving

QUESTIONS = 40
# Measured inside the page: from the key to the frame after the first card of an answer.
WATCH = """
window.timed = new Promise(done => {
  let pressed = 0;
  addEventListener("keydown", event => { if (event.key === "Enter") pressed = performance.now(); }, {capture: true});
  new MutationObserver(() => {
    if (pressed && document.querySelector("article.answer .post"))
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - pressed)));
  }).observe(document, {childList: true, subtree: true});
})
"""


def main() -> None:
    executable = chromium()
    if executable is None:
        sys.exit("this needs Chromium; run: apt-get install chromium")
    logging.disable(logging.INFO)
    encoder = load_encoder()
    questions = [one.question for one in read_gold(DEV)[:QUESTIONS]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_index(load_corpus(), encoder, folder)
        with serving(folder, folder, encoder) as address, browsing(executable) as browser:
            page = open_context(browser, address).new_page()
            page.add_init_script(WATCH)
            taken = []
            for question in questions:
                page.goto("/")
                page.locator(".chip").first.wait_for()
                page.get_by_role("combobox").fill(question)
                page.keyboard.press("Enter")
                taken.append(float(page.evaluate("window.timed")))
    p95 = statistics.quantiles(taken, n=20)[-1]
    Console().print(
        f"Enter to the first answer visible: median {statistics.median(taken):.0f} ms, p95 {p95:.0f} ms (bound 300)"
    )


if __name__ == "__main__":
    main()
