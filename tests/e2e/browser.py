"""The real Chromium, what its pages complain of, and what axe-core finds in them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Frame, Page, async_playwright, expect

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "app/static"
BUILT = ("widget.js", "console/index.html", "demo/index.html", "demo/exchange.html")
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000
NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_NETWORK_CHANGED")
"""What a browser without network writes by itself; everything else in its console is a fault."""
SERIOUS = (
    "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | ')))"
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Raises AssertionError when there is no Chromium or the web is not built: nothing here is skipped."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "the browser tests need Chromium (Debian: apt-get install chromium)"
    missing = [name for name in BUILT if not (STATIC / name).is_file()]
    assert not missing, f"the web is not built, app/static lacks {missing}: make web"
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


class Complaints:
    """Exceptions, errors and policy violations of one page and the frames in it."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        violated = "Content Security Policy" in text or "Trusted" in text
        if (message.type == "error" or violated) and not any(word in text for word in NO_NETWORK):
            self.heard.append(f"{message.location.get('url', '')}: {text}")


async def serious(where: Page | Frame) -> list[str]:
    """The serious and critical violations that axe-core finds: id, place and why."""
    await where.evaluate(AXE.read_text("utf-8") + ";0")
    found: list[str] = await where.evaluate(SERIOUS)
    return found
