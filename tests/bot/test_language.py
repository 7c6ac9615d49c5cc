"""The locale of short texts."""

import pytest

from bot.language import LanguageDetector

SERVED = ("zh-CN", "zh-TW", "en")


@pytest.mark.parametrize(
    ("text", "hint", "locale"),
    [
        ("忘记密码怎么办", "en", "zh-CN"),
        ("忘記密碼怎麼辦", "en", "zh-TW"),
        ("充值", "zh-TW", "zh-TW"),
        ("USDT 没到", "en", "zh-CN"),
        ("usdt", "zh-CN", "zh-CN"),
        ("forgot password", "zh-CN", "en"),
        ("I forgot my password", "zh-CN", "en"),
        ("ログインできません", "en", "ja"),
        ("출금이 안 돼요", "en", "ko"),
        ("не приходит код", "en", "ru"),
        ("tôi quên mật khẩu", "en", "vi"),
        ("quiero hablar con una persona", "en", "es"),
        ("", "zh-CN", "zh-CN"),
        ("wangji mima zenme ban", "zh-CN", "zh-CN"),
        ("zenme tixian", "zh-CN", "zh-CN"),
        ("zhuan ren gong", "zh-TW", "zh-TW"),
        ("tixian dao yinhang", "zh-CN", "zh-CN"),
        ("mima wang le", "zh-CN", "zh-CN"),
        ("wangji mima zenme ban", "en", "tr"),
        ("change name", "zh-CN", "en"),
        ("can you change the date", "zh-CN", "en"),
        ("where is my money", "zh-CN", "en"),
        ("usdt trc20 deposit missing", "zh-CN", "en"),
    ],
)
def test_script_first_then_words(languages: LanguageDetector, text: str, hint: str, locale: str) -> None:
    assert languages.detect(text, hint) == locale


def test_a_language_not_served_keeps_the_hint(languages: LanguageDetector) -> None:
    assert languages.detect("ログインできません", "zh-CN", SERVED) == "zh-CN"
    assert languages.detect("quiero hablar con una persona", "zh-CN", SERVED) == "en"
