"""Debian's Chromium, driven by Playwright: for the tests of the page and for its screenshots."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from indexer.encoders.encoder import Encoder
from server.app import create_app
from tests.service import running, settings_for

REQUIRED = "REQUIRE_CHROMIUM"  # set by .ci/run: then a missing Chromium fails
DESKTOP = {"width": 1200, "height": 860}
PHONE = {"width": 390, "height": 844}
STARTING = 60_000  # ms that a busy machine may take to start it


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browsing(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root there is no sandbox to be had
        browser = playwright.chromium.launch(executable_path=executable, args=arguments, timeout=STARTING)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(home: Path, database: Path, encoder: Encoder, **environment: str) -> Iterator[str]:
    """The address of a server on a home, with rates that a test does not reach."""
    settings = settings_for(home, database, rate_per_minute="1000000", **environment)
    with running(create_app(settings, encoder)) as address:
        yield address


def open_context(browser: Browser, address: str, *, dark: bool = False, phone: bool = False) -> BrowserContext:
    return browser.new_context(
        base_url=address,
        viewport={**(PHONE if phone else DESKTOP)},  # type: ignore[arg-type]
        has_touch=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
