"""Amounts of coins and of money: a number is one only if something beside it says so.

That something is a coin, a sign or word of fiat money, or a word such as "withdrew" before it. Durations, prices,
leverage, percentages, confirmations, error codes, versions, counts and dates are no amounts.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.entities import numerals
from bot.entities.model import Found

_MULTIPLIER = "|".join(sorted((re.escape(m) for m in numerals.MULTIPLIERS), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z_#])(?<![0-9][.,:：/-])"
    r"(?P<number>\d{1,3}(?:[,']\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![0-9])|\d+(?:[.,]\d+)?)"
    rf"(?P<multiplier>\s?(?:{_MULTIPLIER})(?![A-TV-Za-tv-z]|[uU][A-Za-z])|)"
    r"(?![0-9.,]*[.,]?[0-9])",
    re.IGNORECASE,
)
_HALF = re.compile(r"半(?=[个個枚])|(?<![a-z])half(?: an?)?(?= (?:an? )?[a-z])", re.IGNORECASE)

_GAP = re.compile(
    r"\s*(?:多|来|余|左右)?(?:个|個|枚|颗|顆|単位)?\s*(?:多|的)?\s*(?:of |worth of |in )?\s*$", re.IGNORECASE
)
_LEFT_GAP = re.compile(r"\s*[:：=]?\s*(?:数量|數量|金额|金額|共|了|amount)?\s*[:：=]?\s*$", re.IGNORECASE)
_FIAT_BEFORE = re.compile(
    r"(?:[$¥￥€£₩₽₫₺₹₴]|US\$|HK\$|NT\$|R\$|(?<![A-Za-z])(?:usd|cny|rmb|eur|gbp|jpy|krw|hkd|twd|rub|vnd|try|brl"
    r"|mxn|inr))\s?$",
    re.IGNORECASE,
)
_FIAT_AFTER = re.compile(
    r"\s?(?:多|来|余)?\s?(?:元|块|塊|圆|圓|美元|美金|刀(?!具)|人民[币幣]|港[币幣元]|[台臺][币幣]|新[台臺][币幣]"
    r"|日[元圆]|円|[欧歐]元|英[镑鎊]|[韩韓]元|卢布|盾|원"
    r"|[$€£₽₫₺₹₩]"
    r"|(?:us )?dollars?|bucks|euros?|pounds?|yuan|rmb|cny|usd(?![tcdpe1])|eur|gbp|jpy|krw|hkd|twd|rub|vnd|vnđ"
    r"|đồng|try|tl|lira|brl|reais|real|pesos"
    r"|mxn|inr|rupees?|naira|ngn|yen|won|рубл\w*|руб|долл?ар\w*|баксов|dólares|dolares|dolar|đô)(?![A-Za-zà-ỹ])",
    re.IGNORECASE,
)
_VERB_BEFORE = re.compile(
    r"(?:提[现現币幣取出]?|充[值币]?|[转轉](?:[账帳]|出|入)?|[划劃][转轉]|[买買卖賣]|存|取|入金|出金|金[额額]"
    r"|[数數]量|[余餘][额額]|[亏虧]|赚|賺|到[账帳]|少|剩"
    r"|还有|[汇匯]|打|付|支付|[冻凍][结結]|欠|收到|扣|损失|損失)"
    r"(?:款)?(?:[了过過的]|是|为|為|出去?|[给給]\S{1,3})?\s*[:：]?\s*(?:了|共|大概|大约|约|近)?$"
    r"|(?<![a-z])(?:deposit(?:ed|ing)?|withdr[ae]w(?:n|ing)?|sen[dt]|transfer(?:red)?|paid|pay|bought|buy|sold"
    r"|sell|lost|received|got|missing|credited"
    r"|(?:withdrawal|deposit|transfer|sum|total) of|amount(?: is| of| was)?|balance(?: is| of| was)?)(?: only"
    r"| about| around| exactly)?\s*[:：]?\s?$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[,.，。!！?？;；、)）]|(?:to|from|into|via|on|but|and|yesterday|today|in total|at|this|last)(?![a-z])"
    r"|(?=[\u3400-\u9fff]))",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:多|几|来|余)?\s?(?:"
    r"[%％‰]|percent|pct|bps|pips?|°|倍|[xX×](?![A-Za-z])|[:：]\d"
    r"|个?小[时時]|個小時|分[钟鐘]?|秒|天|日|周|週|星期|礼拜|[个個]?[月]|年|[点點时時](?!\d)|号|號|岁|歲|度"
    r"|次|[笔筆]|人|位|名|[级級]|步|条|條|[张張]|版|[层層楼樓]|[页頁]|台|部|遍|回|种|種|件|家|封|只(?![有能])"
    r"|[个個]?(?:[确確][认認]|区块|區塊|网络|工作日"
    r"|账[号户]|朋友|问题|钟|验证码)"
    r"|(?:network )?confirm\w*|blocks?|hours?|hrs?|h(?![a-z])|min(?:ute)?s?|sec(?:ond)?s?|days?|weeks?|months?"
    r"|years?|times?|th|st|nd|rd|am|pm|fa"
    r"|business days?|working days?|messages?|people|accounts?|steps?|questions?|tickets?|screenshots?|devices?"
    r"|orders?|attempts?|transactions?"
    r"|gwei|wei|px|mb|gb|kb|час\w*|минут\w*|д(?:ень|н)\w*|раз(?![а-я])|분|시간|일|번|時間|日間|分間|回|horas?"
    r"|minutos?"
    r"|d[ií]as?|giờ|phút|ngày|lần|saat|dakika|gün|kez)",
    re.IGNORECASE,
)
_PRICE_BEFORE = re.compile(
    r"(?:价格?|價格?|[价價]位|均[价價]|行情|涨[到破至]|漲[到破至]|跌[到破至]|突破|站上|止[损盈損]|触发|觸發"
    r"|强平|[报報][价價]|[汇匯]率|开仓|開倉|成本[价價]?|挂单在|到达)"
    r"(?:[是为為在到了:：于於]|大概|\s){0,3}$"
    r"|(?:pric\w*|trading|stop[- ]?loss|take[- ]?profit|entry|liquidat\w*|limit(?: order)?|trigger|pumped"
    r"|dumped|drop(?:s|ped)?|fell|rose|went|goes|climbed"
    r"|break\w*|hit|reach\w*|touch\w*|(?:is|was|=) (?:worth|now))(?: (?:of|is|was|at|to|up|down|below|above"
    r"|around|under|over)){0,3}\s?(?:usd?\s?)?[$€]?\s?$"
    r"|(?<![a-z])(?:@|at|bei|precio (?:de|es)|preço|цен[аеуы]|giá|fiyatı?|価格|가격)\s?[$€]?\s?$|以[$￥¥]?\s?$",
    re.IGNORECASE,
)
_PRICE_AFTER = re.compile(
    r"\s*[A-Za-z元块刀美金]{0,6}\s?(?:per (?:coin|token|btc|eth)|each|/\s?(?:btc|eth|coin|个)|一[个個枚]"
    r"|每[个個枚]|的(?:[价價]"
    r"|时候买)|[价價]位|附近)",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    r"(?:错误[码碼]?|錯誤[碼码]?|代[码碼]|[报報][错錯]|返回|状态码|error(?: code)?|code|errno|status|http|level"
    r"|lv|kyc|tier|vip"
    r"|版本(?:号)?|version|v|ios|android|安卓|iphone|app"
    r"|windows|chrome|top|第|step|no\.?|#|номер|ошибк\w*|验证码|驗證碼|limit of)\s?[:：]?\s?[-(（\[]?\s?$",
    re.IGNORECASE,
)
_COMMA_DECIMAL = frozenset({"ru", "es", "pt", "tr", "vi", "de", "fr", "it", "id"})
_MEASURE = re.compile(r"[年月日号號点點时時分秒天周个個人次位名种種条條件家级級步楼岁度般样样些旦下直起定切共样]")


def find(text: str, coins: Sequence[Found], locale: str) -> Iterator[Found]:
    """Amounts; `coins` are those already found, in any order."""
    starts, ends = {c.start for c in coins}, sorted(c.end for c in coins)
    coin_at_end = {c.end: c for c in coins}
    comma_decimal = locale[:2] in _COMMA_DECIMAL
    for match in _NUMBER.finditer(text):
        value = numerals.western(match["number"], match["multiplier"], comma_decimal=comma_decimal)
        if value is None or not value:
            continue
        end = match.end()
        if _is_amount(
            text, match.start(), end, value, starts, ends, coin_at_end, scaled=bool(match["multiplier"].strip())
        ):
            yield Found("amount", match.start(), end, numerals.plain(value))
    for match in numerals.CHINESE_NUMBER.finditer(text):
        spoken = numerals.chinese(match.group())
        if spoken is None or not spoken:
            continue
        scaled = spoken >= 100 and re.search("[百佰千仟万萬亿億]", match.group()) is not None
        if _is_amount(text, *match.span(), spoken, starts, ends, coin_at_end, scaled=scaled):
            yield Found("amount", *match.span(), numerals.plain(spoken))
    for match in numerals.ENGLISH_NUMBER.finditer(text):
        spoken = numerals.english(match.group())
        if spoken and _is_amount(text, *match.span(), spoken, starts, ends, coin_at_end, scaled=False):
            yield Found("amount", *match.span(), numerals.plain(spoken))
    for match in _HALF.finditer(text):
        if _coin_right(text, match.end(), starts, r"(?: an?)?"):
            yield Found("amount", *match.span(), "0.5")


def _coin_right(text: str, end: int, starts: set[int], more: str = "") -> bool:
    near = [s for s in starts if end <= s <= end + 12]
    return any(_GAP.match(re.sub(f"^{more}", "", text[end:s])) is not None for s in near)


def _coin_left(text: str, start: int, value: Decimal, ends: Sequence[int], coin_at_end: dict[int, Found]) -> bool:
    """A coin before the number: "USDT 500". A large number behind a dear coin is its price."""
    for end in ends:
        if start - 8 <= end <= start and _LEFT_GAP.fullmatch(text[end:start]):
            ticker = coin_at_end[end].normalised
            return not ((ticker == "BTC" and value >= 1000) or (ticker == "ETH" and value >= 500))
    return False


def _is_amount(
    text: str,
    start: int,
    end: int,
    value: Decimal,
    starts: set[int],
    ends: Sequence[int],
    coin_at_end: dict[int, Found],
    *,
    scaled: bool,
) -> bool:
    before, after = text[max(0, start - 26) : start], text[end : end + 24]
    if _PRICE_BEFORE.search(before) or _PRICE_AFTER.match(after):
        return False
    if _coin_right(text, end, starts) or _FIAT_AFTER.match(after) or _FIAT_BEFORE.search(before):
        return True
    if (
        _UNIT.match(after)
        or _CODE_BEFORE.search(before)
        or re.match(r"\s?[-~至到]\s?\d(?![xX])", after)
        or before.endswith("-")
    ):
        return False
    if re.match("[A-Za-z]", after):
        return False
    if _coin_left(text, start, value, ends, coin_at_end):
        return True
    if _VERB_BEFORE.search(before):
        return _ENDS.match(after) is not None and not (after[:1] and _MEASURE.match(after))
    return scaled and not (after[:1] and _MEASURE.match(after)) and not before.endswith("第")
