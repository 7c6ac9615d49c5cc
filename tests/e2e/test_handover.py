"""A customer at the widget and an agent at the console, each in a browser of his own."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.cast import MARKS, SEED, Stage
from tests.support.server import Server

pytestmark = MARKS
ASKED = "怎么修改登录密码"
LOST = "断网时我说的话"
ANSWERED_MEANWHILE = "断网时客服说的话"


async def test_greeting_topics_and_suggestions(stage: Stage) -> None:
    customer = await stage.customer()
    await expect(customer.view.locator(".greeting .hd-by")).to_be_in_viewport(ratio=1)
    await expect(customer.view.locator(".greeting")).to_contain_text("程序")
    await expect(customer.view.locator(".greeting .facts li").first).to_contain_text("24")
    await customer.view.locator(".greeting .choices").first.locator("button.choice").first.click()
    await expect(customer.bot).to_have_count(1)
    await customer.bot.locator(".choices button.choice").first.click()
    await expect(customer.bot).to_have_count(2)
    await expect(customer.bot.last.locator(".votes")).to_be_visible()

    await customer.field.press_sequentially("修改密码", delay=20)
    suggestion = customer.view.locator(".suggestions button").first
    title = await suggestion.inner_text()
    await suggestion.click()
    await expect(customer.own.last).to_contain_text(title)
    await expect(customer.bot).to_have_count(3)


async def test_twice_not_understood_is_a_place_in_the_queue(stage: Stage) -> None:
    customer = await stage.customer()
    await customer.say("xyzzy plugh")
    await expect(customer.bot).to_have_count(1)
    await customer.say("frobnicate wibble")
    await expect(customer.queue).to_contain_text("下一位就是您")
    await expect(customer.queue).to_contain_text("最晚")
    second = await stage.customer()
    await second.wants_a_person()
    await expect(second.queue).to_contain_text("第 2 位")


async def test_a_person_is_reached_before_any_message(stage: Stage) -> None:
    customer = await stage.customer(language="en")
    await customer.wants_a_person()
    await expect(customer.queue).to_contain_text("You are next")
    await expect(customer.own).to_have_count(0)


async def test_a_conversation_with_a_person_to_its_rating(stage: Stage) -> None:
    agent = await stage.agent()
    customer = await stage.customer()
    await customer.say(ASKED)
    await expect(customer.bot).to_have_count(1)
    await customer.say("转人工")
    await agent.accepts()
    # What was said before is there, with how sure the bot was.
    await expect(agent.bubbles(ASKED)).to_have_count(1)
    await expect(agent.view.locator(".msg.bot .meta .sure").first).to_contain_text(re.compile(r"\d+%"))
    await expect(customer.view.locator("#title")).to_contain_text("小林")

    await agent.writes("您好，我是小林。")
    await expect(customer.agent).to_have_text([re.compile("您好，我是小林。")])
    await customer.say("你好，验证码收不到")
    await expect(agent.bubbles("验证码收不到")).to_have_count(1)

    await customer.offline(True)
    await customer.say(LOST)
    await expect(customer.pending).to_have_count(1)
    await agent.writes(ANSWERED_MEANWHILE)
    await customer.offline(False)
    await expect(customer.pending).to_have_count(0)
    await expect(customer.agent.filter(has_text=ANSWERED_MEANWHILE)).to_have_count(1)
    await expect(customer.own.filter(has_text=LOST)).to_have_count(1)
    await expect(agent.bubbles(LOST)).to_have_count(1)
    await expect(customer.view.locator(".hd-message")).to_have_count(7)

    second = await stage.people.on_duty("colleague", name="小周", skills=["general"])
    note = "已核实身份，只差重置验证方式"
    await agent.view.locator(".talk-head .acts button").first.click()
    dialog = agent.view.locator("dialog[open]")
    await dialog.get_by_text("给同事", exact=True).click()
    await dialog.get_by_role("combobox").click()
    await dialog.locator(".ant-select-item-option", has_text="小周").click()
    await dialog.locator("textarea").fill(note)
    await dialog.locator(".acts .ant-btn-primary").click()
    offer = await second.wait(lambda f: f["type"] == "offer", "offer")
    ident = offer["conversation"]
    await second.ask("accept", conversation=ident)
    await second.watch(ident)
    await second.row("noted", text=note)
    await expect(customer.view.locator("#title")).to_contain_text("小周")
    await expect(customer.view.get_by_text(note)).to_have_count(0)
    await second.ask("send", conversation=ident, text="我来继续处理。")
    await expect(customer.agent.filter(has_text="我来继续处理。")).to_have_count(1)

    await second.ask("close", conversation=ident, outcome="solved")
    survey = customer.view.locator(".survey", has_text="这次服务怎么样")
    await survey.last.get_by_role("button", name="解决了").click()
    await survey.last.locator(".stars").first.locator("label").nth(4).click()
    await survey.last.get_by_role("button", name="提交评价").click()
    await expect(customer.notice("谢谢您的评价")).to_have_count(1)
    rated = await second.row("rated", score=5)
    assert rated["body"]["solved"] is True


async def test_a_ticket_is_answered_in_the_widget_and_on_its_page(stage: Stage) -> None:
    agent = await stage.agent()
    customer = await stage.customer()
    switch = agent.view.get_by_role("switch")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    await customer.say("转人工")
    await customer.queue.get_by_role("button", name="改留工单").click()
    await customer.view.locator("form.card textarea").fill("换手机后登不进去")
    await customer.button("提交工单").click()
    await customer.button(re.compile("我的工单")).last.click()
    card = customer.view.locator(".tickets .card")
    await expect(card).to_contain_text("处理中")
    link = await card.locator("a").get_attribute("href")
    assert link is not None

    await agent.page.keyboard.press("Alt+k")
    await agent.view.locator(".item.ticket", has_text="换手机后登不进去").locator(".cover").click()
    await agent.view.locator(".ticket-box textarea").fill("已经为您重置，请再登录一次。")
    await agent.view.locator(".ticket-box .ant-btn-primary").click()
    await expect(card).to_contain_text("已经为您重置")
    await customer.button("返回").click()
    await expect(customer.view.get_by_text("已经为您重置，请再登录一次。")).to_have_count(1)

    page = await stage.page(size=(390, 844))
    await page.goto(link if link.startswith("http") else f"{stage.server.url}{link}")
    await expect(page.locator("article")).to_contain_text("已经为您重置")


async def test_a_pasted_seed_phrase_is_shown_to_nobody(stage: Stage, server: Server) -> None:
    agent = await stage.agent()
    customer = await stage.customer()
    await customer.say(SEED)
    await expect(customer.own.locator(".hd-masked")).to_contain_text("助记词")
    await expect(customer.notice("绝不会索要助记词")).to_be_visible()
    # The bot goes on in his language, whatever stands for what was removed.
    await expect(customer.bot).to_contain_text("抱歉")
    assert "abandon" not in await customer.view.locator("honeydesk-widget .panel").inner_text()
    assert server.holding(SEED) == []
    await customer.wants_a_person()
    await expect(agent.ringing).to_contain_text("•••")
    await agent.accepts()
    await expect(agent.view.locator(".bubble .hd-masked")).to_contain_text("助记词")


async def test_an_emergency_rings_until_somebody_acknowledges(stage: Stage) -> None:
    agent = await stage.agent(language="en", look="dark")
    customer = await stage.customer()
    await customer.say("我的账户被盗了，有人在转走我的币")
    await expect(customer.view.locator(".notice.alarm")).to_contain_text("请先做这些")
    await expect(customer.queue).to_have_class(re.compile("urgent"))
    alarm = agent.view.locator(".alarm")
    await expect(alarm).to_contain_text("Emergency")
    await alarm.locator("button.solid").click()
    await expect(alarm).to_have_count(0)
    await agent.accepts()


async def test_by_keyboard_alone(stage: Stage) -> None:
    customer = await stage.customer()
    page = customer.page
    await expect(customer.field).to_be_focused()
    await page.keyboard.press("Escape")
    launcher = page.locator(".launcher")
    await expect(launcher).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(customer.field).to_be_focused()
    await page.keyboard.type(ASKED)
    await page.keyboard.press("Enter")
    await expect(customer.bot).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()
