"""Both scripts of Chinese: characters, wording, our own words, and what must stay untouched."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.chinese import Scripts, is_traditional

TABLE = yaml.safe_load((Path(__file__).resolve().parents[2] / "faq_corpus" / "traditional.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def scripts() -> Scripts:
    return Scripts(TABLE)


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("打开网络设置，默认的手续费", "開啟網路設定，預設的手續費"),
        ("充值没到账，账户被冻结", "充值沒到帳，帳戶被凍結"),
        ("头发和发现、后天和皇后、面条和里面", "頭髮和發現、後天和皇后、麵條和裡面"),
        ("平台的后台", "平台的後台"),
        ("身份证和视频认证", "身分證和視訊驗證"),
    ],
)
def test_what_people_in_taiwan_read(scripts: Scripts, simplified: str, traditional: str) -> None:
    assert scripts.traditional(simplified) == traditional


def test_markdown_addresses_and_codes_stay(scripts: Scripts) -> None:
    text = "1. **TRC20** `TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC`\n2. [API](https://example.com/zh/a?b=1) {{fee}} #E1001"
    assert scripts.traditional(text) == text
    assert scripts.simplified(text) == text


def test_a_question_in_traditional_characters_is_ranked_in_simplified_ones(scripts: Scripts) -> None:
    assert scripts.simplified("提幣一直沒到帳，怎麼聯絡客服") == "提币一直没到账，怎么联系客服"
    assert scripts.simplified("提币一直没到账") == "提币一直没到账"
    assert scripts.simplified("儲值要多久，提領要多久") == "充值要多久，提现要多久"


def test_the_table_says_nothing_twice_and_nothing_idle(scripts: Scripts) -> None:
    plain = Scripts()
    assert [k for k, v in TABLE.items() if k == v] == []
    # A key is OpenCC's output: it must come out of OpenCC unchanged, or it could never be met.
    assert [k for k in TABLE if plain.traditional(plain.simplified(k)) != k and plain.traditional(k) != k] == []


@pytest.mark.parametrize(("locale", "expected"), [("zh-TW", True), ("zh-HK", True), ("zh-CN", False), ("en", False)])
def test_whose_readers_expect_it(locale: str, expected: bool) -> None:
    assert is_traditional(locale) is expected
