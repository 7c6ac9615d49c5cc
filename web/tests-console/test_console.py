# ruff: noqa: S101
"""The built console in Chromium on a real server (toy engine), customers played by peers on the real socket.

``pytest web/tests-console -q`` after ``npm run build:console``.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.server import People, Server, running

pytestmark = [pytest.mark.e2e, pytest.mark.server]
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PREFERENCES = "localStorage.setItem('honeydesk.console', JSON.stringify({language: '%s', look: '%s', sound: true}))"
SEED = "abandon " * 11 + "about"
SERIOUS = "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id))"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The same port after a restart: the page must find it again.
    with running(tmp_path_factory.mktemp("console") / "data", demo=True, port=port, alarm_every=1) as found:
        yield found


@pytest.fixture
async def people(server: Server) -> AsyncIterator[People]:
    found = People(server)
    yield found
    await found.leave()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "these tests need Chromium"
    async with async_playwright() as play:
        found = await play.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        await found.close()


class Console:
    """The console's page and what its browser complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))

    def _heard(self, kind: str, text: str) -> None:
        # A server that is down refuses connections: that is what a restart looks like.
        if kind == "error" and "ERR_CONNECTION_REFUSED" not in text:
            self.complaints.append(text)

    async def on_duty(self) -> None:
        await self.page.wait_for_selector(".link-state.open")
        switch = self.page.get_by_role("switch")
        if await switch.get_attribute("aria-checked") == "false":
            await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")

    async def key(self, key: str) -> None:
        await self.page.keyboard.press(f"Alt+{key}")

    async def write(self, text: str) -> None:
        await self.page.fill(".compose textarea", text)
        await self.page.keyboard.press("Enter")

    def bubbles(self, text: str) -> Any:
        return self.page.locator(".bubble", has_text=text)


async def console_of(browser: Browser, server: Server, language: str = "zh-CN", look: str = "light") -> Console:
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    await page.add_init_script(PREFERENCES % (language, look))
    found = Console(page)
    await page.goto(f"{server.url}/console/?demo=1")
    await found.on_duty()
    return found


async def test_a_conversation_from_the_ring_to_the_close(server: Server, people: People, browser: Browser) -> None:
    console = await console_of(browser, server)
    customer = await people.queued("console-a", name="王小明")
    await console.page.wait_for_selector(".ringing")
    await console.key("a")
    await customer.row("accepted")

    await console.write("您好，请把 TxID 发给我。")
    await customer.row("agent_wrote", text="您好，请把 TxID 发给我。")
    await expect(console.bubbles("请把 TxID 发给我")).to_have_count(1)
    await expect(console.page.locator(".unsent")).to_have_count(0)

    await customer.say(f"我的助记词 {SEED}")
    await console.page.wait_for_selector(".hd-masked")
    assert SEED not in await console.page.content()

    await console.key("n")
    await console.write("客户贴了助记词")
    await console.page.wait_for_selector(".msg.note:not(.unsent)")
    assert "客户贴了助记词" not in customer.texts(customer.conversation)

    await console.key("c")
    await console.page.click("dialog .outcomes button >> nth=0")
    await customer.row("agent_closed", outcome="solved")
    await console.page.wait_for_selector(".strip")
    assert console.complaints == []


async def test_what_is_written_while_the_server_is_away_arrives_once(
    server: Server, people: People, browser: Browser
) -> None:
    console = await console_of(browser, server)
    customer = await people.queued("console-b")
    await console.page.wait_for_selector(".ringing")
    await console.key("a")
    await customer.row("accepted")
    server.kill()
    await console.page.wait_for_selector(".link-state.lost")
    await console.write("断线时写的话")
    await console.page.wait_for_selector(".unsent")
    server.start()
    await console.page.wait_for_selector(".link-state.open", timeout=60_000)
    await expect(console.page.locator(".unsent")).to_have_count(0)
    await expect(console.bubbles("断线时写的话")).to_have_count(1)
    await customer.resume()
    await customer.row("agent_wrote", text="断线时写的话")
    assert customer.texts(customer.conversation).count("断线时写的话") == 1
    assert console.complaints == []


async def test_an_emergency_alarms_until_acknowledged(server: Server, people: People, browser: Browser) -> None:
    console = await console_of(browser, server, "en", "dark")
    customer = await people.here("console-c")
    await customer.say("我的账户被盗了，有人在转走我的币")
    await console.page.wait_for_selector(".alarm")
    await console.page.wait_for_function("document.title.startsWith('[Emergency]')")
    await console.page.click(".alarm .solid")
    await console.page.wait_for_selector(".alarm", state="detached")
    await console.page.wait_for_function("!document.title.startsWith('[Emergency]')")
    await expect(console.page.locator(".ringing")).to_have_count(1)
    await console.key("a")
    await customer.row("accepted")
    assert console.complaints == []


async def test_a_ticket_is_answered_where_the_customer_reads_it(
    server: Server, people: People, browser: Browser
) -> None:
    console = await console_of(browser, server)
    customer = await people.queued("console-d")
    await customer.ask("ticket", text="邮箱换不了")
    await console.key("k")
    await console.page.click(".item.ticket .cover")
    await console.page.fill(".ticket-box textarea", "已经帮您重置，请再试一次。")
    await console.page.click(".ticket-box .ant-btn-primary")
    await customer.row("ticket_answered", text="已经帮您重置，请再试一次。")
    await expect(console.page.locator(".sys.card", has_text="已经帮您重置")).to_have_count(1)
    assert console.complaints == []


@pytest.mark.parametrize(("language", "look"), [("zh-CN", "light"), ("en", "dark")])
async def test_no_serious_violation_of_accessibility(
    server: Server, people: People, browser: Browser, language: str, look: str
) -> None:
    console = await console_of(browser, server, language, look)
    await console.page.evaluate(AXE.read_text() + ";0")
    assert await console.page.evaluate(SERIOUS) == []
    await people.queued(f"console-{look}")
    await console.page.wait_for_selector(".ringing")
    await console.key("a")
    await console.page.wait_for_selector(".compose")
    assert await console.page.evaluate(SERIOUS) == []
    for key in "tc":
        await console.key(key)
        await console.page.wait_for_selector("dialog[open]")
        assert await console.page.evaluate(SERIOUS) == []
        await console.page.keyboard.press("Escape")
        await console.page.wait_for_selector("dialog[open]", state="detached")
    assert console.complaints == []
