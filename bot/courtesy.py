"""What is polite before a question and says nothing about it: "你好，顺便问下怎么提币" is asked as "怎么提币"."""

import re

_BETWEEN = r"[\s,，.。!！~～、:：;；?？-]"
# Some may run into the question; others are also the beginnings of words.
_HELLO = r"(?:你好|您好|哈喽|哈囉|在吗|在嗎)[呀啊哦呢]?"
_HELLO_APART = (
    rf"(?:{_HELLO}|嗨|在不在|客服|亲|親|"
    r"(?:hi|hello|hey|good\s(?:morning|afternoon|evening|day))(?:\s(?:there|team|guys|support|sir|all))?|"
    r"btw|by\sthe\sway|one\smore\sthing)"
)
_ASKING = (
    r"(?:顺便|順便|另外|再)?我?(?:想|要|想要)?(?:(?:请|請|麻烦|麻煩)(?:问|問)|(?<=[想要便外再])(?:问|問))(?![题題答])"
    r"(?:一下|下|个问题|個問題)?"
)
_OPENING = re.compile(
    rf"\s*(?:{_HELLO_APART}{_BETWEEN}+)*(?:{_HELLO})?(?:{_ASKING}{_BETWEEN}*)?",
    re.IGNORECASE,
)
# What is left must still be a question.
_LEAST = 2


def without_greeting(text: str) -> str:
    """The text without a greeting and "may I ask" before it; the text itself when nothing else stands in it."""
    left = text[_OPENING.match(text).end() :]  # type: ignore[union-attr]
    return left if sum(character.isalnum() for character in left) >= _LEAST else text
