"""Who plays: a customer at the widget, an agent at the console, each in a browser of his own."""

from __future__ import annotations

import itertools
import re
from typing import Literal

import pytest
from playwright.async_api import Browser, Frame, Locator, Page, expect

from app.gateway.pages import DEMO_AGENT
from app.peer import peer
from tests.e2e.browser import PATIENCE_MS, Complaints
from tests.support.server import People, Server

MARKS = [pytest.mark.e2e, pytest.mark.server, pytest.mark.asyncio(loop_scope="session")]
SEED = "abandon " * 11 + "about"
"""The first test vector of BIP-39."""
LOOK = "localStorage.setItem('honeydesk.console', JSON.stringify({language: '%s', look: '%s', sound: true}))"
Look = Literal["light", "dark"]


class Customer:
    """The open widget in a page or frame; what he does, he does with its fields and buttons."""

    def __init__(self, view: Page | Frame) -> None:
        self.view = view

    @property
    def page(self) -> Page:
        return self.view if isinstance(self.view, Page) else self.view.page

    async def offline(self, without: bool) -> None:
        """His device loses the network, the open socket included; or has it again."""
        await self.page.context.set_offline(without)
        if without:
            await self.view.evaluate("window.Honeydesk.drop(300)")

    async def say(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")
        await expect(self.field).to_have_value("")

    @property
    def field(self) -> Locator:
        return self.view.locator(".composer textarea")

    @property
    def own(self) -> Locator:
        """His messages, also those not yet delivered."""
        return self.view.locator(".hd-mine")

    @property
    def pending(self) -> Locator:
        return self.view.locator(".own.pending")

    @property
    def bot(self) -> Locator:
        return self.view.locator(".hd-by-bot")

    @property
    def agent(self) -> Locator:
        return self.view.locator(".hd-by-agent")

    @property
    def queue(self) -> Locator:
        return self.view.locator("section.queue")

    def notice(self, words: str) -> Locator:
        return self.view.locator(".notice", has_text=words)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.view.get_by_role("button", name=name)

    async def wants_a_person(self) -> None:
        await self.view.locator(".foot .pill", has_text=re.compile("转人工|Talk to a person")).click()


class Agent:
    """小林 at the console."""

    def __init__(self, view: Page | Frame) -> None:
        self.view = view

    @property
    def page(self) -> Page:
        return self.view if isinstance(self.view, Page) else self.view.page

    async def on_duty(self) -> None:
        await expect(self.view.locator(".link-state.open")).to_be_attached()
        switch = self.view.get_by_role("switch")
        if await switch.get_attribute("aria-checked") == "false":
            await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")

    @property
    def ringing(self) -> Locator:
        return self.view.locator(".ringing")

    async def accepts(self) -> None:
        await self.ringing.locator(".ant-btn-primary").click()
        await expect(self.view.locator(".compose")).to_be_visible()

    async def writes(self, text: str) -> None:
        await self.view.locator(".compose textarea").fill(text)
        await self.view.locator(".compose textarea").press("Enter")
        await expect(self.bubbles(text)).to_have_count(1)

    def bubbles(self, text: str) -> Locator:
        return self.view.locator(".bubble", has_text=text)

    async def closes(self) -> None:
        await self.view.locator(".talk-head .acts button").nth(1).click()
        await self.view.locator("dialog .outcomes button").first.click()


class Stage:
    """Opens pages, keeps their complaints, and sends everybody home at the end."""

    _numbers = itertools.count(1)

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.people = People(server)
        self.complaints: list[Complaints] = []
        self._pages: list[Page] = []
        self._customers: list[str] = []

    async def page(self, *, size: tuple[int, int] = (1280, 800), look: Look = "light", locale: str = "zh-CN") -> Page:
        """A new browser context: own cookies, own storage."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=look, locale=locale, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        self._pages.append(page)
        self.complaints.append(Complaints(page))
        return page

    async def known(self, page: Page) -> str:
        """Fixes who this page's demo customer is; returns his identity at the desk."""
        ident = f"e2e-{next(self._numbers)}"
        await page.add_init_script(f"sessionStorage.setItem('demo.customer', '{ident}')")
        self._customers.append(f"demo-{ident}")
        return f"demo-{ident}"

    async def customer(
        self, *, size: tuple[int, int] = (1280, 800), look: Look = "light", language: Literal["zh", "en"] = "zh"
    ) -> Customer:
        """On the demo's mock exchange, signed in there, with the widget open and connected."""
        page = await self.page(size=size, look=look, locale="zh-CN" if language == "zh" else "en-US")
        await self.known(page)
        await page.goto(f"{self.server.url}/static/demo/exchange.html?lang={language}")
        await expect(page.locator(".greeting")).to_be_visible()
        await expect(page.locator(".status.is-online")).to_be_visible()
        return Customer(page)

    async def agent(
        self, *, size: tuple[int, int] = (1280, 800), look: Look = "light", language: Literal["zh-CN", "en"] = "zh-CN"
    ) -> Agent:
        """Signed in by the demo's session, connected and ready."""
        page = await self.page(size=size, look=look)
        await page.add_init_script(LOOK % (language, look))
        await page.goto(f"{self.server.url}/console/?demo=1")
        agent = Agent(page)
        await agent.on_duty()
        return agent

    def complained(self) -> list[str]:
        return [text for page in self.complaints for text in page.heard]

    async def leave(self) -> None:
        """Pages closed, every customer's conversation ended (by a second device of his), the demo's agent off duty."""
        for page in self._pages:
            await page.context.close()
        for who in self._customers:
            await self.people.here(who)
        await self.people.leave()
        desk = peer.agent(self.server.url, self.server.staff_token(DEMO_AGENT))
        await desk.open()
        await desk.ask("presence", ready=False)
        await desk.close()
