"""The first thing a customer sees: that this is a program, who is there today, the present wait, and topics."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.desk.desk import Desk
from handoff.hours import Today

ALWAYS = {"zh-CN": "每天 24 小时", "zh-TW": "每天 24 小時", "en": "24 hours a day, every day"}
CLOSED = {"zh-CN": "今天休息", "zh-TW": "今天休息", "en": "not today"}
MINUTES = {"zh-CN": "{n} 分钟", "zh-TW": "{n} 分鐘", "en": "{n} min"}
UNDER = {"zh-CN": "1 分钟内", "zh-TW": "1 分鐘內", "en": "less than a minute"}
NOW = {
    "zh-CN": "人工客服现在有空。",
    "zh-TW": "真人客服現在有空。",
    "en": "Someone is free to help right now.",
}


def localised(table: dict[str, str], locale: str) -> str:
    """By exact locale, by language, else English."""
    language = locale.split("-")[0]
    return table.get(locale) or next((t for tag, t in table.items() if tag.split("-")[0] == language), table["en"])


def duration(seconds: float, locale: str) -> str:
    """Rounded up to minutes: an estimate is not exact to the second."""
    if seconds < 60:
        return localised(UNDER, locale)
    return localised(MINUTES, locale).format(n=int(-(-seconds // 60)))


def hours_words(today: Today, locale: str) -> str:
    """Today's hours in words, e.g. ``09:00-18:00 (Asia/Shanghai)``."""
    if today.always:
        return localised(ALWAYS, locale)
    zone = ZoneInfo(today.zone)

    def clock(at: float) -> str:
        return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%H:%M")

    if not today.windows:
        return localised(CLOSED, locale)
    spans = ", ".join(f"{clock(w.opens)}-{clock(w.closes)}" for w in today.windows)
    return f"{spans} ({today.zone})"


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def greeting(desk: Desk, locale: str) -> dict[str, Any]:
    """A ``Greeting``."""
    bot, now = desk.worker.front, time.time()
    group = desk.routing.group(locale, emergency=False, now=now)
    today = desk.routing.hours.of(group).today(now)
    hours = bot.corpus.text("greeting_hours", locale) or "{{hours}}"
    expected = desk.queue.expected(locale, now) if today.open_now else None
    wait: str | None = None
    if expected is not None and expected.p50 is not None and expected.p90 is not None:
        text = bot.corpus.text("greeting_wait", locale) or "{{p50}} / {{p90}}"
        wait = _filled(text, p50=duration(expected.p50, locale), p90=duration(expected.p90, locale))
    elif expected is not None and expected.position == 1:
        wait = localised(NOW, locale)
    return {
        "text": bot.greeting(locale),
        "hours": _filled(hours, hours=hours_words(today, locale)),
        "wait": wait,
        "categories": [{"kind": "category", "label": c.title, "id": c.id, "url": None} for c in bot.categories(locale)],
        "hot": [],
    }
