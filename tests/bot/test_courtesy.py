"""A greeting before a question is not ranked with it."""

import pytest

from bot.courtesy import without_greeting


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("你好，想问下怎么提币", "怎么提币"),
        ("您好！请问提币手续费多少", "提币手续费多少"),
        ("在吗 我想问一下充值没到账怎么办", "充值没到账怎么办"),
        ("你好怎么提币", "怎么提币"),
        ("請問 怎麼提幣", "怎麼提幣"),
        ("Hi, how do I reset my login password?", "how do I reset my login password?"),
        ("hello there my deposit is missing", "my deposit is missing"),
        ("Good morning! where is my USDT", "where is my USDT"),
        ("顺便问下提币手续费怎么收？", "提币手续费怎么收？"),
        ("另外我想问一下怎么提币", "怎么提币"),
        ("By the way, how do I withdraw", "how do I withdraw"),
    ],
)
def test_greetings_are_left_out(text: str, left: str) -> None:
    assert without_greeting(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "hello",
        "Hi!",
        "history of my orders",
        "hide small balances",
        "high fees",
        "heyday token",
        "问题没解决",
        "客服电话多少",
        "亲友可以用我的账号吗",
        "提币怎么问进度",
        "另外的钱去哪了",
        "另外问题是提不了",
        "我想问题出在哪",
        "how do I say hello",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert without_greeting(text) == text
