"""The built widget in Chromium against the fake desk (``node tests/fake-server.mjs 4173``), under a strict CSP with
Trusted Types: keyboard, input methods, unread badge, file, deep link, hostile page styles, axe. ``python
tests/behaviour.py`` prints one line per check and ends with PASS."""

from __future__ import annotations

import shutil
from pathlib import Path

from look import BASE, FLAGS, SEED, act, say
from playwright.sync_api import Browser, Page, sync_playwright

AXE = (Path(__file__).parent.parent / "node_modules/axe-core/axe.min.js").read_text()
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa']"
ROOT = "document.querySelector('honeydesk-widget').shadowRoot"
HOSTILE = (
    "body * { display: none !important; transform: rotate(9deg) !important; font-size: 60px !important; opacity: .1; }"
)


def check(name: str, told: object) -> None:
    if not told:
        raise AssertionError(name)
    print("ok", name)


def axe(page: Page, name: str) -> None:
    page.evaluate(AXE + ";0")
    found = page.evaluate(
        f"axe.run('honeydesk-widget', {{runOnly: {RULES}}})"
        ".then(r => r.violations.map(v => v.impact + ' ' + v.id + ' ' + v.nodes.map(n => n.html)))"
    )
    check(f"axe, {name}: {found}", not found)


def focused(page: Page) -> str:
    return str(page.evaluate(f"({ROOT}.activeElement || {{}}).className || ({ROOT}.activeElement || {{}}).tagName"))


def accessible(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(f"{BASE}/page?locale=zh-CN")
        page.locator(".launcher").click()
        page.locator(".greeting").wait_for()
        axe(page, f"{scheme}, greeting")
        say(page, "提币一直在审核中", ".hd-by-bot .votes")
        page.locator(".vote").nth(1).click()
        page.locator(".sorry").wait_for()
        say(page, SEED, ".notice.alarm")
        check("the secret is nowhere in the page", "abandon" not in str(page.evaluate(f"{ROOT}.textContent")))
        axe(page, f"{scheme}, answer and masked secret")
        page.locator(".pill").first.click()
        page.locator(".queue").wait_for()
        act("promise")
        page.locator(".notice.late").wait_for()
        axe(page, f"{scheme}, queue")
        act("accept")
        act("say", text="您好")
        act("close")
        page.locator(".survey").wait_for()
        page.locator(".stars label").nth(3).click()
        axe(page, f"{scheme}, survey")
        context.close()


def usable_by_keyboard(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto(f"{BASE}/page?locale=en")
    page.locator(".launcher").focus()
    page.keyboard.press("Enter")
    page.locator(".greeting").wait_for()
    check("focus goes to the text field", focused(page) == "TEXTAREA")
    for _ in range(30):
        page.keyboard.press("Tab")
        check("Tab stays inside", focused(page) not in ("undefined", "None"))
    page.keyboard.press("Escape")
    page.locator(".launcher").wait_for()
    check("Escape closes and focus returns", focused(page) == "launcher")
    page.keyboard.press("Enter")
    field = page.locator("textarea")
    field.fill("a")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("b")
    check("Shift+Enter breaks the line", field.input_value() == "a\nb")
    page.evaluate(
        f"{ROOT}.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    check("Enter of an input method does not send", field.input_value() == "a\nb")
    page.keyboard.press("Enter")
    page.locator(".hd-mine").wait_for()
    check("Enter sends and empties the field", field.input_value() == "")
    field.fill("x" * 4001)
    check("past the limit it says so and does not send", page.locator(".send").is_disabled())
    field.fill("")
    page.keyboard.press("Escape")
    act("accept")
    act("say", text="hello there")
    page.locator(".badge").wait_for()
    check("the badge counts what was said meanwhile", page.locator(".badge").inner_text() == "2")
    page.locator(".launcher").click()
    page.locator(".round").first.click()
    with page.expect_download() as download:
        page.locator(".menu button").nth(1).click()
    check("the file holds who said what", "林悦: hello there" in download.value.path().read_text("utf-8"))
    page.evaluate("location.hash = '#honeydesk=withdraw.pending'")
    page.locator(".hd-mine").nth(1).wait_for()
    check("a deep link asks once", "#" not in page.url)
    page.close()


def hardened(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto(f"{BASE}/page?locale=en")
    page.locator(".launcher").wait_for()
    before = page.locator(".launcher").bounding_box()
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", HOSTILE
    )
    check("the page's styles do not reach it", page.locator(".launcher").bounding_box() == before)
    page.goto(f"{BASE}/page?locale=en&mode=page")
    page.locator(".greeting").wait_for()
    box = page.locator(".panel").bounding_box()
    check("page mode fills the view", box == {"x": 0, "y": 0, "width": 1100, "height": 800})
    page.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        accessible(chromium)
        usable_by_keyboard(chromium)
        hardened(chromium)
        chromium.close()
    print("PASS")
