"""Pictures of widget and console into docs/images: ``python -m docs.screenshots``.

A server of its own on an empty folder, a real Chromium, one customer's question, a hand-over and an agent who takes it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
START_SECONDS = 120
PATIENCE_MS = 30_000
PHONE, DESKTOP, DESK, DEMO = (390, 844), (1280, 800), (1080, 690), (1440, 900)


@dataclass(frozen=True, slots=True)
class Words:
    """What the actors say and the buttons they press, in one language."""

    locale: str
    language: str
    question: str
    handoff: str
    reply: str
    accept: str
    other_look: str


ZH = Words(
    "zh-CN",
    "zh",
    "提币一直显示审核中怎么办？",
    "转人工",
    "您好，我是小林，正在查看您的提币记录。",
    "接待",
    "切换深色／浅色",
)
EN = Words(
    "en-US",
    "en",
    "Why is my withdrawal still processing?",
    "I want to talk to a person",
    "Hello, I am looking at your withdrawal now.",
    "Accept",
    "Switch light / dark",
)
Look = Literal["light", "dark"]
LOOKS: tuple[Look, ...] = ("light", "dark")


@contextmanager
def server() -> Iterator[str]:
    """The URL of a demo server that ends with the block. Raises RuntimeError when it does not start."""
    with tempfile.TemporaryDirectory(prefix="honeydesk-pictures-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {**os.environ, "HONEYDESK_DATA_DIR": folder, "HONEYDESK_DEMO": "1"}
        command = [Path(sys.executable).parent / "honeydesk", "serve", "--port", str(port)]
        with open(Path(folder) / "server.log", "wb") as log:
            process = subprocess.Popen(command, env=environment, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 2):
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5)  # noqa: S310 - the server just started
        except (urllib.error.URLError, OSError) as error:
            try:
                code = process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"the server ended with {code}") from error
        else:
            return
    raise RuntimeError(f"no answer from {url} in {START_SECONDS} s")


def context(browser: Browser, size: tuple[int, int], words: Words) -> BrowserContext:
    made = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="light",
        locale=words.locale,
        reduced_motion="reduce",
        device_scale_factor=1,
    )
    made.set_default_timeout(PATIENCE_MS)
    return made


def says(where: Page | Frame, text: str) -> None:
    """Through the widget's own interface, once the page has it."""
    where.wait_for_function("() => window.Honeydesk !== undefined")
    where.evaluate("text => { window.Honeydesk.open(); window.Honeydesk.say(text); }", text)
    expect(where.get_by_text(text, exact=True).last).to_be_visible()


def answered(where: Page | Frame, count: int = 1) -> None:
    """The bot's answer is there, with its thumbs."""
    thumbs = where.get_by_role("button", name=re.compile("有帮助|^Helpful|^Yes"))
    expect(thumbs).to_have_count(count, timeout=PATIENCE_MS)


def picture(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
    print(f"docs/images/{name}.png")


def exchange(url: str, words: Words) -> str:
    """The demo's mock page with the widget on it."""
    return f"{url}/static/demo/exchange.html?lang={words.language}"


def widget(browser: Browser, url: str, size: tuple[int, int], words: Words, name: str) -> None:
    with context(browser, size, words) as made:
        page = made.new_page()
        page.goto(exchange(url, words))
        says(page, words.question)
        answered(page)
        for look in LOOKS:
            page.emulate_media(color_scheme=look)
            picture(page, f"{name}-{look}-{words.language}")


def take(desk: Page | Frame, words: Words) -> None:
    """The agent is ready, is rung, accepts."""
    ready = desk.get_by_role("switch").first
    if ready.get_attribute("aria-checked") != "true":
        ready.click()
    desk.get_by_role("button", name=words.accept, exact=True).first.click()


def replies(desk: Page | Frame, words: Words) -> None:
    box = desk.get_by_role("textbox").last
    box.fill(words.reply)
    box.press("Enter")
    expect(desk.get_by_text(words.reply).last).to_be_visible()


def console(browser: Browser, url: str, words: Words) -> None:
    with context(browser, DESKTOP, words) as customer, context(browser, DESK, words) as agent:
        page, desk = customer.new_page(), agent.new_page()
        desk.goto(f"{url}/console/?demo=1")
        page.goto(exchange(url, words))
        says(page, words.question)
        answered(page)
        says(page, words.handoff)
        take(desk, words)
        replies(desk, words)
        expect(page.get_by_text(words.reply)).to_be_visible()
        # The console keeps the look it began with; its button changes it.
        picture(desk, f"console-light-{words.language}")
        desk.get_by_role("button", name=words.other_look).click()
        desk.mouse.move(0, 0)
        expect(desk.get_by_role("tooltip")).to_have_count(0)
        picture(desk, f"console-dark-{words.language}")


def demo(browser: Browser, url: str) -> None:
    with context(browser, DEMO, ZH) as made:
        page = made.new_page()
        page.goto(f"{url}/demo")
        page.locator("#day button").first.click()
        shop = page.frame_locator("#exchange").owner.element_handle().content_frame()
        desk = next(frame for frame in page.frames if "/console/" in frame.url)
        if shop is None:
            raise RuntimeError("the demo shows no exchange")
        answered(shop)
        says(shop, ZH.handoff)
        take(desk, ZH)
        replies(desk, ZH)
        expect(shop.get_by_text(ZH.reply)).to_be_visible()
        picture(page, "demo")


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        demo(browser, url)
        for words in (ZH, EN):
            widget(browser, url, PHONE, words, "widget-phone")
            widget(browser, url, DESKTOP, words, "widget-desktop")
            console(browser, url, words)
        browser.close()


if __name__ == "__main__":
    main()
