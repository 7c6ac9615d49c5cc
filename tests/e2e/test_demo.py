"""``/demo`` with the engine it is shipped with: its buttons play a customer's day, the console is beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Frame, Page, expect

from tests.e2e.browser import serious
from tests.e2e.cast import MARKS, Agent, Customer, Stage
from tests.support.server import Server, running

pytestmark = MARKS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("demo") / "data", demo=True, engine="embedded", alarm_every=1) as found:
        yield found


async def framed(page: Page, selector: str) -> Frame:
    handle = await page.locator(selector).element_handle()
    frame = await handle.content_frame() if handle else None
    assert frame is not None, f"no frame at {selector}"
    return frame


async def test_a_customers_day(stage: Stage) -> None:
    page = await stage.page(size=(1440, 900))
    await stage.known(page)
    await page.goto(f"{stage.server.url}/demo")
    day = page.locator("#day button")
    await expect(day.first).to_be_enabled()
    customer = Customer(await framed(page, "#exchange"))
    agent = Agent(await framed(page, "#console"))
    await agent.on_duty()
    await expect(customer.view.locator(".greeting")).to_be_visible()

    await day.nth(0).click()
    await expect(customer.bot).to_have_count(1)
    await expect(customer.bot.locator(".votes")).to_have_count(1)
    await expect(customer.bot).to_contain_text("审核")
    await day.nth(1).click()
    await expect(customer.bot).to_have_count(2)
    await expect(customer.bot.last.locator(".choices button.choice").nth(1)).to_be_visible()
    await day.nth(2).click()
    await expect(customer.bot).to_have_count(3)
    await day.nth(3).click()
    await agent.accepts()
    await agent.writes("您好，我是小林。")
    await expect(customer.agent).to_have_count(1)
    await day.nth(5).click()
    await expect(customer.own.locator(".hd-masked")).to_have_count(1)
    await expect(agent.view.locator(".hd-masked")).to_have_count(1)
    await day.nth(6).click()
    await expect(customer.pending).to_have_count(1)
    await expect(customer.pending).to_have_count(0)
    await expect(agent.bubbles("断网时说的这句话会丢吗")).to_have_count(1)
    for frame in page.frames:
        assert await serious(frame) == [], frame.url
