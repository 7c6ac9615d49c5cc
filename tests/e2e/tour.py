"""Pictures of every state that people see, to be looked at: ``python -m tests.e2e.tour OUT``.

One customer's way through the widget with the embedded engine, on a phone and on a desktop, light and dark, Chinese and
English; the console beside it, sign-in, ticket page and demo. Prints the files; exits 1 when a page complained.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, expect

from tests.e2e.browser import chromium
from tests.e2e.cast import SEED, Look, Stage
from tests.support.server import Server, running

Language = Literal["zh", "en"]
PHONE, DESKTOP = (390, 844), (1280, 800)
WAYS: tuple[tuple[tuple[int, int], Look, Language, str], ...] = (
    (PHONE, "light", "zh", "phone-light-zh"),
    (PHONE, "dark", "en", "phone-dark-en"),
    (DESKTOP, "dark", "zh", "desktop-dark-zh"),
    (DESKTOP, "light", "en", "desktop-light-en"),
)


@dataclass(frozen=True, slots=True)
class Words:
    question: str
    emergency: str
    reply: str
    ticket: str
    submit: str
    tickets: str


ZH = Words(
    question="提币一直显示审核中怎么办？",
    emergency="我的账户被盗了，有人把币转走了！",
    reply="您好，我是小林。这笔提币正在人工复核，大约 **20 分钟**内完成，我在这里等结果。",
    ticket="改留工单",
    submit="提交工单",
    tickets="我的工单",
)
EN = Words(
    question="My withdrawal is stuck in under review, what should I do?",
    emergency="My account was hacked and somebody is moving my coins out!",
    reply="Hello, this is Lin. The withdrawal is in manual review, done in about **20 minutes**; I stay with you.",
    ticket="Leave a ticket instead",
    submit="Submit ticket",
    tickets="My tickets",
)


class Tour:
    def __init__(self, stage: Stage, out: Path) -> None:
        self.stage = stage
        self.out = out

    async def shot(self, page: Page, name: str) -> None:
        await page.screenshot(path=self.out / f"{name}.png", animations="disabled")
        print(self.out / f"{name}.png", flush=True)

    async def chat(self, size: tuple[int, int], look: Look, language: Language, name: str) -> None:
        """Greeting, answer, masked secret, queue, person, survey; the console as the agent sees the same."""
        words = ZH if language == "zh" else EN
        agent = await self.stage.agent(look=look, language="zh-CN" if language == "zh" else "en", size=(1440, 900))
        await self.shot(agent.page, f"{name}-console-empty")
        customer = await self.stage.customer(size=size, look=look, language=language)
        await self.shot(customer.page, f"{name}-1-greeting")
        await customer.say(words.question)
        await expect(customer.bot.locator(".votes")).to_have_count(1)
        await self.shot(customer.page, f"{name}-2-answer")
        await customer.say(SEED)
        await expect(customer.view.locator(".notice.alarm").first).to_be_visible()
        await self.shot(customer.page, f"{name}-3-masked")
        await customer.wants_a_person()
        await expect(customer.queue).to_be_visible()
        await expect(agent.ringing).to_be_visible()
        await self.shot(customer.page, f"{name}-4-queue")
        await self.shot(agent.page, f"{name}-console-ringing")
        await agent.accepts()
        await agent.writes(words.reply.replace("**", ""))
        await expect(customer.agent).to_have_count(1)
        await self.shot(customer.page, f"{name}-5-person")
        await self.shot(agent.page, f"{name}-console-talk")
        await agent.page.keyboard.press("Alt+t")
        await self.shot(agent.page, f"{name}-console-transfer")
        await agent.page.keyboard.press("Escape")
        await agent.closes()
        await expect(customer.view.locator(".survey").last).to_be_visible()
        await customer.view.locator(".survey .stars").first.locator("label").nth(3).click()
        await self.shot(customer.page, f"{name}-6-survey")
        other = await self.stage.customer(size=size, look=look, language=language)
        await other.say(words.emergency)
        await expect(agent.view.locator(".alarm")).to_be_visible()
        await expect(other.queue).to_be_visible()
        await self.shot(other.page, f"{name}-7-emergency")
        await self.shot(agent.page, f"{name}-console-alarm")
        await other.queue.get_by_role("button", name=words.ticket).click()
        await other.button(words.submit).click()
        await other.button(re.compile(words.tickets)).last.click()
        link = await other.view.locator(".tickets a").get_attribute("href")
        await self.shot(other.page, f"{name}-8-tickets")
        await agent.page.keyboard.press("Alt+k")
        await agent.view.locator(".item.ticket .cover").first.click()
        await self.shot(agent.page, f"{name}-console-ticket")
        page = await self.stage.page(size=size, look=look)
        await page.goto(str(link))
        await self.shot(page, f"{name}-9-ticket-page")
        await self.stage.leave()

    async def pages(self, look: Look, language: Language) -> None:
        locale = "zh-CN" if language == "zh" else "en-US"
        page = await self.stage.page(look=look, locale=locale)
        await page.goto(f"{self.stage.server.url}/console/")
        await expect(page.locator("input").first).to_be_visible()
        await self.shot(page, f"sign-in-{look}-{language}")
        page = await self.stage.page(size=(1440, 900), look=look, locale=locale)
        await page.goto(f"{self.stage.server.url}/demo?lang={language}")
        day = page.locator("#day button")
        await expect(day.first).to_be_enabled()
        frame = page.frame_locator("#exchange")
        await expect(frame.locator(".greeting")).to_be_visible()
        await expect(page.frame_locator("#console").locator(".link-state.open")).to_be_attached()
        await day.first.click()
        await expect(frame.locator(".hd-by-bot .votes")).to_have_count(1)
        await self.shot(page, f"demo-{look}-{language}")


async def tour(server: Server, out: Path) -> list[str]:
    """What the pages complained of."""
    heard: list[str] = []
    async with chromium() as browser:
        for size, look, language, name in WAYS:
            stage = Stage(browser, server)
            await Tour(stage, out).chat(size, look, language, name)
            heard += stage.complained()
        stage = Stage(browser, server)
        await Tour(stage, out).pages("light", "zh")
        await Tour(stage, out).pages("dark", "en")
        # Whoever is not signed in is told so with 401, which a browser writes down.
        heard += [text for text in stage.complained() if "/api/staff/me" not in text]
        await stage.leave()
    return heard


def main(out: Path) -> int:
    """0, or 1 when a page complained."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with running(data, demo=True, engine="embedded", alarm_every=1, ring=120) as server:
            complained = asyncio.run(tour(server, out))
    print("\n".join(complained) or "no page complained")
    return 1 if complained else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
