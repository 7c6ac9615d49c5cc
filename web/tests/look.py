"""Pictures of the widget against the fake desk: ``node tests/fake-server.mjs 4173`` first, then
``python tests/look.py OUT``. Fails when the page reports an error, a CSP violation or a Trusted Types violation."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

BASE = "http://127.0.0.1:4173"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEED = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"


def act(do: str, **more: object) -> None:
    httpx.post(f"{BASE}/act", json={"do": do, **more}, timeout=5).raise_for_status()


def say(page: Page, text: str, settled: str = "") -> None:
    page.evaluate("text => window.Honeydesk.say(text)", text)
    if settled:
        page.locator(settled).last.wait_for()


def tour(page: Page, out: Path, name: str, *, english: bool) -> None:
    page.locator(".launcher").wait_for()
    page.screenshot(path=out / f"{name}-0-launcher.png")
    page.locator(".launcher").click()
    page.locator(".greeting .choice").first.wait_for()
    page.screenshot(path=out / f"{name}-1-greeting.png")
    say(page, "How long does a withdrawal take?" if english else "提币一直在审核中", ".hd-by-bot .votes")
    page.screenshot(path=out / f"{name}-2-answer.png")
    page.locator(".vote").nth(1).click()
    page.locator(".sorry").wait_for()
    say(page, "not arrived" if english else "没到账", ".hd-by-bot .choices:not(.quiet)")
    page.screenshot(path=out / f"{name}-3-choices.png")
    say(page, SEED, ".notice.alarm")
    page.screenshot(path=out / f"{name}-4-masked.png")
    page.locator(".pill").first.click()
    page.locator(".queue").wait_for()
    page.screenshot(path=out / f"{name}-5-queue.png")
    act("promise")
    page.locator(".notice.late").wait_for()
    act("accept")
    act("say", text="Hello, let me look at this." if english else "您好，我来看一下这笔提币，请稍等。")
    act("typing")
    page.locator(".typing").wait_for()
    page.screenshot(path=out / f"{name}-6-agent.png")
    act("close")
    page.locator(".survey").wait_for()
    page.locator(".stars label").nth(3).click()
    page.screenshot(path=out / f"{name}-7-survey.png")


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, width, height, scheme, locale in (
            ("desk-light-zh", 1100, 800, "light", "zh-CN"),
            ("phone-dark-zh", 390, 844, "dark", "zh-CN"),
            ("phone-light-en", 390, 844, "light", "en"),
            ("desk-dark-tw", 1100, 800, "dark", "zh-TW"),
        ):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1
            )
            page = context.new_page()
            page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda e: problems.append(str(e)))
            page.goto(f"{BASE}/page?locale={locale}")
            tour(page, out, name, english=locale == "en")
            context.close()
        browser.close()
    print("\n".join(problems) or "no problem reported")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
