"""What masking costs here: `python -m tests.masking.measure`. Prints microseconds and milliseconds.

The first line is a yardstick (a sum of a thousand numbers): on a machine that is busy it grows, and so do the rest.
"""

import random
import timeit

from app.masking import mask
from app.masking.phrases import LISTS

PLAIN = {
    "English, 100 characters": (
        "Hello, I sent some coins from another exchange yesterday evening and they still have not arrived, wh"
    ),
    "Chinese, 100 characters": (
        "你好，我昨天晚上从别的交易所转了一些币过来，到现在都还没有到账，区块浏览器上显示已经"
        "成功了，请帮我查一下是什么原因好吗？我等得很着急，麻烦尽快处理，谢谢！"
        "另外我想问一下现货手续费是多少，有没有优惠活动"
    ),
    "a word for a secret, none given": "我的密码忘记了怎么办",
    "a code": "我的验证码是 482913 但是一直提示错误",
}
SHORT = [word for word in LISTS["english"] if len(word) == 3]
SOURCE = random.Random(1)
HOSTILE = {
    "runs of thirty list words": " the ".join(" ".join(SOURCE.choices(SHORT, k=30)) for _ in range(80)),
    "eleven list words, seed": " the it ".join("seed " + " ".join(SOURCE.choices(SHORT, k=11)) for _ in range(200)),
    "spaced Chinese list words": " ".join(SOURCE.choices(list(LISTS["chinese_simplified"]), k=4000)),
    "codes and words": "验证码:123456" * 900,
    "passwords and words": "密码:abcd" * 1100,
    "all words": "验证码 密码 seed key secret code " * 300,
    "cards": "41-" * 2700,
    "everything": "验证码 123456 密码 abc123 4111111111111111 " * 180,
    "invisible characters": "密\u200b" * 4000,
}


def microseconds(text: str, number: int) -> float:
    return min(timeit.repeat(lambda: mask(text), number=number, repeat=15)) / number * 1e6


def main() -> None:
    yardstick = min(timeit.repeat(lambda: sum(range(1000)), number=500, repeat=15)) / 500 * 1e6
    print(f"{'yardstick':34}{yardstick:9.1f} us")
    for name, text in PLAIN.items():
        print(f"{name:34}{microseconds(text, 1000):9.1f} us")
    for name, text in HOSTILE.items():
        print(f"8,000 x {name:26}{microseconds(text[:8000], 1) / 1000:9.1f} ms")


if __name__ == "__main__":
    main()
