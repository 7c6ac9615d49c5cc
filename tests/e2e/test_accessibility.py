"""axe-core on every page that people see: no serious and no critical violation."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browser import serious
from tests.e2e.cast import MARKS, SEED, Look, Stage

pytestmark = MARKS


@pytest.mark.parametrize("look", ["light", "dark"])
async def test_widget_and_console(stage: Stage, look: Look) -> None:
    agent = await stage.agent(look=look)
    customer = await stage.customer(size=(390, 844), look=look)
    assert await serious(customer.view) == []
    await customer.say("怎么修改登录密码")
    await customer.bot.get_by_role("button", name="没帮助").click()
    await customer.say(f"我的助记词是 {SEED}")
    await expect(customer.view.locator(".hd-masked")).to_be_visible()
    assert await serious(customer.view) == []
    await customer.wants_a_person()
    await expect(customer.queue).to_be_visible()
    await expect(agent.ringing).to_be_visible()
    assert await serious(customer.view) == []
    assert await serious(agent.view) == []
    await agent.accepts()
    await agent.writes("您好")
    await expect(customer.agent).to_have_count(1)
    assert await serious(agent.view) == []
    await agent.closes()
    await expect(customer.view.locator(".survey").last).to_be_visible()
    assert await serious(customer.view) == []


async def test_a_ticket_page(stage: Stage) -> None:
    customer = await stage.customer()
    await customer.say("转人工")
    await customer.queue.get_by_role("button", name="改留工单").click()
    await customer.button("提交工单").click()
    await customer.button(re.compile("我的工单")).last.click()
    link = await customer.view.locator(".tickets a").get_attribute("href")
    assert link is not None
    assert await serious(customer.view) == []
    for look in ("light", "dark"):
        page = await stage.page(look=look)
        await page.goto(link if link.startswith("http") else f"{stage.server.url}{link}")
        await expect(page.locator("h1")).to_be_visible()
        assert await serious(page) == []
