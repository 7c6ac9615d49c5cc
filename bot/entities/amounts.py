"""Amounts of coins and of money: a number is one only if something beside it says so.

That something is a coin, a sign or word of fiat money, or a word such as "withdrew" before it. Durations, prices,
leverage, percentages, confirmations, error codes, versions, counts and dates are no amounts.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.entities import money, numerals
from bot.entities.model import Found

# "2к" is two thousand, "5 к одному" five to one.
_JOINED = "к"
_MULTIPLIER = "|".join(sorted((re.escape(m) for m in numerals.MULTIPLIERS if m != _JOINED), key=len, reverse=True))
# "一个半ETH", "2个半"; not of hours.
_AND_A_HALF = "[个個]半(?![个個小月天钟鐘星年价價])"
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z_#])(?<![0-9][.,:：/-])"
    r"(?P<number>\d{1,3}(?:[,']\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,5}"
    r"|\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![0-9])|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?P<half> (?:buçuk|с половиной|y medi[oa]|e mei[oa]|and a half)(?!\w)|{_AND_A_HALF})?"
    # "2万5", "6만5천": what follows is of the next lower order, or of the one that is said.
    rf"(?P<multiplier>(?:\s?(?:{_MULTIPLIER})|{_JOINED})(?:(?<![A-Za-zа-яà-ỹ])|(?![A-TV-Za-tv-zà-ỹа-я]|[uU](?!sd[tc])[A-Za-z]))|)"
    r"(?:(?:(?<=[万萬만])(?:\s?(?=\d[천千]|\d{1,4}원))?(?P<rest>\d{1,4}[千천]?)|(?<=\d[wk])(?P<figure>\d)(?![A-Ta-t单倍笔])|(?<=\dtr)(?P<tenth>\d{1,3})|(?<=[亿億억])\s?(?P<more>\d{1,4}[千천]?[万萬만]))"
    r"(?![\d.,年月日년월일시번개天小次分人]|[个個](?![A-Za-z])))?"
    # "2 triệu rưỡi", "5 millones y medio"
    r"(?P<behind>(?<=[a-zà-ỹ]) (?:rưỡi|y medio|e meio))?"
    r"(?![.,]?[0-9])",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"半(?=[个個枚颗顆])|(?<![\d/])1/2(?= [a-z])|½"
    r"|(?<![a-z])half(?= (?:an? )?[a-z])|(?<!\w)(?:medio|meio|yar[ıi]m|пол)(?= (?!de)\w)",
    re.IGNORECASE,
)

_GAP = re.compile(
    r"\s*(?:多|来|余|左右)?(?:个|個|枚|颗|顆|単位)?\s*(?:多|的)?\s*(?:of |more |worth of |in )?\s*$", re.IGNORECASE
)
_LEFT_GAP = re.compile(r"\s*[:：=]?\s*(?:数量|數量|金额|金額|共|了|amount)?\s*[:：=]?\s*$", re.IGNORECASE)
_FIAT_BEFORE = re.compile(
    r"(?:[$¥￥€£₩₽₫₺₹₴₦₱]|(?<![A-Za-z])Rs\.?|US\$|HK\$|NT\$|R\$|(?<![A-Za-z])(?:usd|cny|rmb|eur|gbp|jpy|krw|hkd|twd|rub|vnd|try|brl"
    r"|mxn|inr))\s?$",
    re.IGNORECASE,
)
_FIAT_AFTER = re.compile(rf"\s?(?:多|来|余)?\s?{money.WORDS}", re.IGNORECASE)
_VERB_BEFORE = re.compile(
    r"(?:(?<![前])提[现現币幣取出領]?|儲值|充[值币]?|[转轉](?:[账帳]|出|入)?|[划劃][转轉]|[买買卖賣]|存|取|入金|出金"
    r"|金[额額]"
    r"|[数數]量|[余餘][额額]|[亏虧]|赚|賺|到[账帳]|少|剩"
    r"|还有|[汇匯]|打(?=了|款)|付|支付|[冻凍][结結]|欠|收到|扣|损失|損失)"
    r"(?:款)?(?:[了过過的]|是|为|為|出去?|[给給]\S{1,3})?\s*[:：]?\s*(?:了|共|大概|大约|约|近)?$"
    r"|(?<![a-z])(?:deposit(?:ed|ing)?|withdr[ae]w(?:n|ing)?|sen[dt]|transfer(?:red)?|paid|pay|bought|buy|sold"
    r"|sell|lost|received|got|missing|credited"
    r"|(?:withdrawal|deposit|transfer|sum|total) of|amount(?: is| of| was)?|balance(?: is| of| was)?)(?: only"
    r"| about| around| exactly)?\s*[:：]?\s?$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[,.，。!！?？;；、)）]|(?:to|from|into|via|on|but|and|yesterday|today|in total|instead"
    r"|at|this|last)(?![a-z])"
    r"|(?=[\u3400-\u9fff]))",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?:多|几|来|余)?\s?(?:"
    r"[%％‰]|percent|pct|bps|pips?|°|倍|[xX×](?![A-Za-z])|[:：]\d"
    r"|个?小[时時]|個小時|分[钟鐘]?|秒|天|日|周|週|星期|礼拜|[个個]?[月]|年|[点點时時](?!\d)|号|號|岁|歲|度"
    r"|次|[笔筆]|人|位|名|[级級]|步|条|條|[张張]|版|[层層楼樓]|[页頁]|台|部|遍|回|种|種|件|家|封|只(?![有能收到])"
    r"|[个個]?(?:[确確][认認]|区块|區塊|网络|工作日"
    r"|账[号户]|朋友|问题|钟|验证码)"
    r"|(?:network )?confirm\w*|blocks?|hours?|hrs?|h(?![a-z])|min(?:ute)?s?|sec(?:ond)?s?|days?|weeks?|months?"
    r"|years?|times?|(?:th|st|nd|rd|am|pm|fa)(?![a-z])"
    r"|business days?|working days?|messages?|people|accounts?|steps?|questions?|tickets?|screenshots?|devices?"
    r"|orders?|attempts?|transactions?"
    r"|像素|屏|期|开头|開頭|结尾|結尾|gwei|wei|px|mb|gb|kb|час\w*|минут\w*|д(?:ень|н)\w*|раз(?![а-я])|분|시간|일|번|時間|日間|分間|回|horas?"
    r"|minutos?"
    r"|d[ií]as?|giờ|phút|ngày|lần|saat|dakika|gün|kez)",
    re.IGNORECASE,
)
_PRICE_BEFORE = re.compile(
    r"(?:指値|等到|提醒设了|价格?|價格?|[价價]位|均[价價]|行情|涨[到破至]|漲[到破至]|跌[到破至]|突破|站上|止[损盈損]|触发|觸發"
    r"|强平|[报報][价價]|[汇匯]率|开仓|開倉|成本[价價]?|挂单在|到达)"
    r"(?:[是为為在到了:：于於]|大概|\s){0,3}$"
    r"|(?:pric\w*|trading|stop[- ]?loss|take[- ]?profit|entry|exit|liquidat\w*|limit(?: order)?|trigger|pumped"
    r"|dumped|drop(?:s|ped)?|fell|rose|went|goes|climbed"
    r"|break\w*|hit|reach\w*|touch\w*|(?:is|was|=) (?:worth|now))(?: (?:of|is|was|at|to|up|down|below|above"
    r"|around|under|over)){0,3}\s?(?:usd?\s?)?[$€]?\s?$"
    r"|(?<![a-z])(?:@|at|bei|precio (?:de|es)|preço|цен[аеуы]|giá|fiyatı?|価格|가격)\s?[$€]?\s?$|以[$￥¥]?\s?$",
    re.IGNORECASE,
)
_PRICE_AFTER = re.compile(
    r"\s*[A-Za-z元块刀美金]{0,6}\s?(?:per (?:coin|token|btc|eth)|/\s?(?:btc|eth|coin|个)|一[个個枚]"
    r"|每[个個枚]|的(?:[价價]"
    r"|时候[买开])|[价價]位|附近|원?에 ?(?:\d{1,3}배 ?)?(?:롱|숏|매수|매도|지정가|걸))",
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
_MEASURE = re.compile(
    r"[年月日号號点點时時分秒天周个個人次位名种種条條件家级級步楼岁度般样样些旦下直起定切共样聪用粉流]"
)


_COIN_IS_ADJECTIVE = re.compile(
    r"\s?(?:адрес|кошел|перевод|carteira|billetera|cuenta|ví(?!\w)|cüzdan|hesap|账[号户]|帳[號戶]|地址|钱包|錢包|网络|網路|合约|链|鏈|account|address|wallet|network)",
    re.IGNORECASE,
)
# "un millón de pesos", not "retiro número 2 de USDT".
_MILLIONS = re.compile(r"(?:mill[oó]n|millones|milh[aã]o|milh[oõ]es|medio|meio)$", re.IGNORECASE)
# "2 USDT withdrawals", "两个USDT订单": so many of them, not so much.
_FEW = range(2, 11)
_COUNTED_THINGS = re.compile(
    r"\s?(?:deposits|withdrawals|transfers|orders|addresses|confirmations?|订单|地址|retiros|dep[oó]sitos|saques|órdenes|перевод[ао]|вывод[ао]|çekim)",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"[.、)）]\s")
# What coins are counted by; a thing counted by the commonest of them has no broken number.
_PIECES = re.compile(r"\s?[枚颗顆]")
_SHEETS = re.compile("(?:画像|写真|スクショ|スクリーンショット|書類|カード|截图|照片).{0,4}$")
_HALF_MORE = re.compile(_AND_A_HALF)
# "800个 昨天", "就剩8个了": of the coin that the text is about, if no other thing follows.
_ALL_COUNTED = re.compile(r"\s?[个個](?=$|[\s,，。.;；!！?？]|了|卡|没|沒|到|都|而已|一直|[还還]|也|全)")
_NOT_OF_COINS = re.compile(
    "(?:账户|賬戶|帳戶|账号|帳號|地址|订单|訂單|单子|工单|确认|確認|验证码|密码|設備|设备|手机|区块|浏览器|链接|节点|截图|客服"
    "|文件|问题|問題|朋友|人|红包|优惠券|网格).{0,12}$"
)
_MOVED_BEFORE = re.compile("(?:转|轉|充|提|买|買|卖|賣|剩|收到|余额|餘額|有|发|發|打|少|卡|本金|质押|質押).{0,4}$")
_PLURAL = re.compile(r"\s?(?:coins?|tokens?)(?![a-z])", re.IGNORECASE)
# "18,500 coins" as an apposition; "you list 300 tokens" counts kinds.
_APPOSED = re.compile(r"(?:^|[,;:.?!] ?|(?:deposit|withdrawal|transfer) of )$", re.IGNORECASE)
_QUANTITY = re.compile("수량[은이]?\\s?$")
# Beside a coin a share of one is an amount, and behind these words any broken number.
_SHARE_BEFORE = re.compile(
    r"(?<![a-z])(?:it was|was for|have|had|got|left|min(?:imum)?(?: \w+)?(?: is| of)?)\s?$", re.IGNORECASE
)
# Of which a part is an amount wherever it stands; that of cheaper ones may be their price.
_DEAR = frozenset(
    ("BTC", "ETH", "BNB", "SOL", "BCH", "LTC", "XMR", "ZEC", "MKR", "PAXG", "XAUT", "WBTC", "WETH", "STETH")
)
_QUOTED_BEFORE = re.compile(
    r"(?<![a-z])(?:low|high|open|close|candle|wick|filled|executed|index|mark|ratio|rate|quote|slippage|margin)s?"
    r"(?: (?:is|was|of|at|it))*\s?$|(?:率|滑点|滑點|最低|最高|变动|變動).{0,2}$",
    re.IGNORECASE,
)
_MORE_BEFORE = re.compile(r"(?<![a-z])another\s?$", re.IGNORECASE)
_LIMIT_BEFORE = re.compile(
    r"(?<![a-z])(?:min|max)(?:imum)?(?: withdrawal| deposit| amount)?(?: is| of)?\s?$", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?<![a-z])(?:tag|memo|code|pin|id|uid|number|no)(?![a-z])", re.IGNORECASE)
_RATHER_THAN = re.compile(r"(?<![a-z])instead of\s?$", re.IGNORECASE)
# "2,310 of the old ones", "1,400 of it", "120 in, 117.6 out".
_OF_IT = re.compile(r" of (?:it|them|the old|those|these|mine)(?![a-z])", re.IGNORECASE)
_IN_OR_OUT = re.compile(r" (?:in|out)(?=[.,;!?]|$)", re.IGNORECASE)
_MANY = 10
_PART_OF_ONE = re.compile(r"\s?[个個]")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in the text. `scaled`: written with a multiplier, as money is ("2万", "1.2k"); `word`: with one
    character or in words, as counts are ("两", "one"), so that only a coin or money right behind it makes an amount."""

    start: int
    end: int
    value: Decimal
    scaled: bool = False
    word: bool = False


def find(text: str, coins: Sequence[Found], locale: str) -> Iterator[Found]:
    """Amounts; `coins` are those already found, in any order."""
    row = sorted(coins, key=_start)
    for number in _numbers(text, locale):
        if number.value and _is_amount(text, number, row):
            yield Found("amount", number.start, number.end, numerals.plain(number.value))
    for match in _HALF.finditer(text):
        article = re.match(r" an?(?= )", text[match.end() :])
        if _coin_right(text, match.end() + (article.end() if article else 0), row, few=True):
            yield Found("amount", *match.span(), "0.5")


def _numbers(text: str, locale: str) -> Iterator[_Number]:
    comma_decimal = locale[:2] in _COMMA_DECIMAL
    for match in _NUMBER.finditer(text):
        value = numerals.western(match["number"], match["multiplier"], comma_decimal=comma_decimal)
        if value is not None:
            rest = match["rest"] or match["more"]
            if match["half"] or match["behind"]:
                value += numerals.western("0.5", match["multiplier"]) or 0
            if match["tenth"]:
                # "2tr5" is two and a half million.
                value += Decimal(match["tenth"]) * 10 ** (6 - len(match["tenth"]))
            if match["figure"]:
                # "1w5" is 15000, "3k5" 3500.
                value += numerals.western(f"0.{match['figure']}", match["multiplier"]) or 0
            if rest:
                value += numerals.behind_myriads(rest)
            # "20m" may be megabytes or minutes; a thousand or ten thousand of something is money.
            scaled = re.search(r"[^mMbBкК\s]", match["multiplier"]) is not None
            if match["figure"] and re.match(" [A-Za-z]", text[match.end() :]):
                # "5w3 charger"
                scaled = False
            yield _Number(match.start(), match.end(), value, scaled)
    for match in numerals.CHINESE_NUMBER.finditer(text):
        spoken = numerals.chinese(match.group())
        if spoken is not None:
            halved = _HALF_MORE.match(text, match.end())
            if halved:
                yield _Number(match.start(), halved.end(), spoken + Decimal("0.5"))
                continue
            scaled = spoken >= 100 and re.search("[百佰千仟万萬亿億]", match.group()) is not None
            yield _Number(*match.span(), spoken, scaled, word=len(match.group()) == 1)
    for match in numerals.KOREAN_NUMBER.finditer(text):
        spoken = numerals.korean(match.group())
        if spoken is not None:
            yield _Number(*match.span(), spoken)
    for match in numerals.ENGLISH_NUMBER.finditer(text):
        value = numerals.english_number(match)
        if value is not None:
            yield _Number(*match.span(), value, word=True)
    for start, end, value in numerals.spoken(text, locale):
        yield _Number(start, end, value, word=True)


def _start(coin: Found) -> int:
    return coin.start


def _ends_in_millions(text: str, end: int) -> bool:
    return _MILLIONS.search(text, max(0, end - len("millones") - 1), end) is not None


def _coin_right(text: str, end: int, coins: Sequence[Found], *, word: bool = False, few: bool = False) -> bool:
    """A coin behind the number: "500 USDT", "0.3个比特币"; not "一个EOS账号"."""
    # The first of them: a name may stand in a longer one, but no other coin between the number and its own.
    place = bisect_left(coins, end, key=_start)
    return any(
        coin.start <= end + 12
        and (_GAP.match(text[end : coin.start]) or (_ends_in_millions(text, end) and text[end : coin.start] == " de "))
        and not (word and _COIN_IS_ADJECTIVE.match(text, coin.end))
        and not (few and _COUNTED_THINGS.match(text, coin.end))
        for coin in coins[place : place + 2]
    )


def _coin_left(text: str, number: _Number, coins: Sequence[Found]) -> bool:
    """A coin before the number: "USDT 500". A large number behind a dear coin is its price."""
    place = bisect_left(coins, number.start, key=_start)
    for coin in coins[max(0, place - 2) : place]:
        if number.start - 8 <= coin.end <= number.start and _LEFT_GAP.fullmatch(text[coin.end : number.start]):
            dear = {"BTC": 1000, "ETH": 500}.get(coin.normalised)
            return dear is None or number.value < dear
    return False


def _apart(text: str, number: _Number, coins: Sequence[Found]) -> bool:
    """A broken number between commas behind a coin: "USDT，88.6，今天转的"."""
    place = bisect_left(coins, number.start, key=_start)
    before = coins[place - 1] if place else None
    return (
        before is not None
        and number.value % 1 != 0
        and re.fullmatch(r"(?:被盗了)?\s?[,，]\s?", text[before.end : number.start]) is not None
        and re.match(r"\s?[,，。.](?!\d)", text[number.end :]) is not None
    )


def _is_amount(text: str, number: _Number, coins: Sequence[Found]) -> bool:
    before, after = text[max(0, number.start - 26) : number.start], text[number.end : number.end + 24]
    if after[:1] == "块" and text[number.start : number.end] == "一" and after[1:2] not in ("钱", "多"):
        # "跟朋友一块充值": together.
        return False
    if _PRICE_BEFORE.search(before) or _PRICE_AFTER.match(after):
        return False
    if (
        _coin_right(text, number.end, coins, word=number.word, few=number.value in _FEW)
        or _FIAT_AFTER.match(after.removeprefix(" de") if _ends_in_millions(text, number.end) else after)
        or _FIAT_BEFORE.search(before)
    ):
        return True
    if number.word or _counted(before, after):
        return False
    if coins and (_is_share(number, before, after, coins) or _is_of_coin(number, before, after, coins)):
        return True
    if coins and (
        (_PIECES.match(after) and not _SHEETS.search(before)) or (_PART_OF_ONE.match(after) and number.value % 1 != 0)
    ):
        return True
    if _coin_left(text, number, coins) or _apart(text, number, coins):
        return _LIST_NUMBER.match(after) is None
    measured = after[:1] != "" and _MEASURE.match(after) is not None
    if _VERB_BEFORE.search(before):
        return _ENDS.match(after) is not None and not measured
    return number.scaled and not measured and not before.endswith("第")


def _is_share(number: _Number, before: str, after: str, coins: Sequence[Found]) -> bool:
    """Whether it is a broken number of what the text is about, one of `coins`: a part of a dear one ("BTC ... min is
    0.0005"), or behind words such as "I have"."""
    if number.value % 1 == 0 or after[:1] in ("买", "買", "卖", "賣", "入") or _QUOTED_BEFORE.search(before):
        return False
    if _IN_OR_OUT.match(after):
        return True
    part = number.value < 1 and any(coin.normalised in _DEAR for coin in coins)
    if not part and not _SHARE_BEFORE.search(before):
        return False
    exponent = number.value.normalize().as_tuple().exponent
    # So finely nothing else is told.
    fine = part and isinstance(exponent, int) and exponent <= -3
    return fine or (_ENDS.match(after) is not None and not after.startswith(" on "))


def _is_of_coin(number: _Number, before: str, after: str, coins: Sequence[Found]) -> bool:
    """Whether it is so much of one of the coins, as words beside it say: "another 360", "800个", "1,400 of it"."""
    whole = _ENDS.match(after) is not None and not after.startswith(" to ")
    many = number.value >= _MANY or number.value % 1 != 0
    if _LIMIT_BEFORE.search(before) or (many and _MORE_BEFORE.search(before)):
        return whole
    if number.value >= _MANY**2 and _RATHER_THAN.search(before) and not _NUMBERED.search(before):
        return whole
    if _QUANTITY.search(before):
        return re.match("개(?! 중)", after) is not None
    if any(coin.normalised != coins[0].normalised for coin in coins):
        return False
    if _ALL_COUNTED.match(after) and not _NOT_OF_COINS.search(before):
        return number.value >= _MANY**2 or _MOVED_BEFORE.search(before) is not None
    return (_PLURAL.match(after) is not None and _APPOSED.search(before) is not None) or (
        many and _OF_IT.match(after) is not None
    )


def _counted(before: str, after: str) -> bool:
    """Whether it counts something else: time, per cent, tries; or is a code, a version, one end of a range."""
    return (
        _UNIT.match(after) is not None
        or _CODE_BEFORE.search(before) is not None
        or re.match(r"\s?[-~至到]\s?\d(?![xX])|[A-Za-z]", after) is not None
        or before.endswith("-")
    )
