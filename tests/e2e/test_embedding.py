"""The widget in somebody else's page, under the strictest policy."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.cast import MARKS, Customer, Stage
from tests.e2e.host import Host

pytestmark = MARKS


async def test_a_foreign_page_with_a_strict_policy_chats(stage: Stage, shop: Host) -> None:
    page = await stage.page(locale="en-US")
    await page.goto(f"{shop.origin}/")
    await page.locator(".launcher").click()
    customer = Customer(page)
    await expect(page.locator(".greeting")).to_be_visible()
    await customer.say("How do I change my login password?")
    await expect(customer.bot.locator(".votes")).to_have_count(1)
    # The visitor is known again after a reload.
    await page.reload()
    await page.locator(".launcher").click()
    await expect(customer.own).to_have_count(1)
    await expect(customer.bot).to_have_count(1)


async def test_an_origin_that_is_not_listed_is_refused(stage: Stage, stranger: Host) -> None:
    page = await stage.page(locale="en-US")
    await page.goto(f"{stranger.origin}/")
    # First the socket, then the fall-back over HTTP: both are refused.
    async with page.expect_event("requestfailed", lambda request: "/api/chat/hello" in request.url):
        await page.locator(".launcher").click()
    await expect(page.locator(".status.is-online")).to_have_count(0)
    await expect(page.locator(".greeting")).to_have_count(0)
    complained = stage.complained()
    assert any("/ws/chat" in text and "403" in text for text in complained)
    assert all("403" in text or "CORS" in text or "ERR_FAILED" in text for text in complained)
    stage.complaints.clear()
