"""Secrets that no word is joined to: by what is said around them, and by shapes that nothing harmless has.

"it just texted me 482913 and the box is greyed out" names no code. Six digits alone are a code when the nearest word
around them speaks of codes, messages or the app that makes them, and none that is nearer of something else that is
counted; a row of four to eight digits is a PIN, and a token with letters and digits a password, in the same way. Words
are looked for in all served languages at once: customers mix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Characters around a value in which words are looked for; those behind it count as further off.
_AROUND, _BEHIND = 44, 6
_BEFORE_PIN, _BEFORE_PASSWORD = 24, 18

_MONEY = (
    r"\s{0,2}(?:usd[tc]?|u(?![a-z])|btc|eth|trx|sol|bnb|xrp|doge|ltc|ton|cny|rmb|eur|gbp|jpy|krw|vnd|twd|hkd"
    r"|brl|mxn|rub|sats?|k(?![a-z])|w(?![a-z])"
    r"|元|块|塊|円|万|萬|億|亿|원|만|руб|₽|đ|đồng|tri[eệ]u|tr(?![a-z])|tl(?![a-z])|lira|reais|euros?|d[oó]lar\w{0,3}"
    r"|dollars?|pesos?|бакс\w{0,2}|монет|coins?|个|個|枚|张|張|次|人"
    r"|年|月|日|号|天|分|秒|時|时|点|點|%|％|步|楼|条|筆|笔|회|번|명|년|일|분|초|раз|дн|мин|сек|час|days?|hours?"
    r"|minutes?|min(?![a-z])"
    r"|sec|times|people|users|blocks?|steps?|followers|points?)"
)


def _alone(digits: str) -> re.Pattern[str]:
    """Digits that are part of nothing longer, and count nothing."""
    return re.compile(rf"(?<![\d#$¥￥€£₩+_@a-z])(?<!\d[.,:/\-])({digits})(?![\d@_]|[.,:/\-]\d|{_MONEY})")


_SIX = _alone(r"(?!\d{3}000)\d{6}|\d{3}[ \-]\d{3}")
_PIN = _alone(r"\d{4,8}")

_CODE_WORD = re.compile(
    r"验证|驗證|校验|動態|动态|短信|簡訊|短訊|(?<!密)[码碼]|口令|有效|过期|過期|失效|收到|刚到|剛到|发来|發來"
    r"|发我|發我|传来|傳來|谷歌"
    r"|認証|認證|コード|メール|sms|届|期限|ワンタイム|アプリ"
    r"|문자|인증|코드|왔|메일|만료"
    r"|смс|код|пришл|пришел|пришёл|прислал|письм|аутентиф"
    r"|mã|tin nhắn|nhắn|gửi v|hết hạn"
    r"|kod|mesaj|geldi|gelen|doğrula|süresi"
    r"|c[oó]dig|mensaje|mensagem|correo|lleg[aoóu]|recib|receb|cheg(?:ou|a)|torpedo|expir"
    r"|(?<![a-z])(?:codes?|text(?:ed|s)?|got|sent|otp|2fa|totp|e-?mail(?:ed)?|mail(?:ed)?|message[ds]?"
    r"|authenticator|auth|app|verif\w{0,8})(?![a-z])"
)
_PIN_WORD = re.compile(
    r"[密秘蜜][码碼]|口令|暗証|パスワード|비밀번호|비번|핀|пин|парол|mật kh[ẩâa]u|şifre|sifre|senha|contrase|clave"
    r"|(?<![a-z])(?:pins?|pass(?:word|code)?|pw|pwd)(?![a-z])"
)
# A PIN that is named behind, at once.
_NAMED = re.compile(
    rf"\s?(?:这个|這個|这|這|就?是|が|は|(?:is|was) |my |the |mi |meu |мой )?(?:我的|我)?(?:提币|提幣|提现|资金"
    rf"|資金|交易|支付|withdrawal "
    rf"|fund )?的?(?:{_PIN_WORD.pattern})"
)
# What is counted or numbered and is no secret.
_COUNTED = re.compile(
    # Codes of another sort, with the word that ends them.
    r"(?:error|err|status|promo(?:tion)?|invit\w{0,6}|referral|ref|country|area|zip|postal|qr|bar|http|return"
    r"|response|order|discount|coupon|voucher|gift|swift"
    r"|bank|sort|branch|currency|tracking|reason|result|exit|dial(?:ing)?|product|item|agent|affiliate"
    r"|stock)[ _\-]?codes?"
    r"|(?:hata|davet|referans|posta|ülke|alan|ürün) kod\w{0,3}|c[oó]digo (?:de )?(?:error|erro|convite"
    r"|invitaci[oó]n|referido|indica[cç][aã]o|postal|promo\w{0,7})"
    r"|код\w{0,2} (?:ошибки|приглашения|страны|города|валюты)|mã (?:lỗi|giới thiệu|mời|bưu|quốc gia|đơn|khuyến)"
    r"|(?:邀请|邀請|推荐|推薦|兑换|兌換|代|二维|二維|优惠|優惠|错误|錯誤|报错)[码碼]|(?:招待|紹介|エラー"
    r"|クーポン)コード|(?:초대|추천|오류|에러|쿠폰) ?코드|\"code\""
    r"|uid|(?<![a-z])id(?![a-z])|订单|訂單|单号|單號|编号|編號|尾号|尾號|错误|錯誤|报错|報錯|邮编|郵編|金额|金額"
    r"|余额|餘額|账号|帳號|帐号|账户|工单|工單|会员|会議"
    r"|会议|客户号|群|高度|区块|區塊|地址|标签|標籤|充值|充了|提了|提现|提币|提幣|转了|轉了|买|買|卖|賣|价|價"
    r"|等了|版本|排队|排隊|前面还有"
    r"|注文|エラー|番地|金額|残高|入金|出金|ブロック|タグ|口座|バージョン"
    r"|주문|오류|에러|잔액|금액|입금|출금|블록|태그|계좌"
    r"|заказ|ордер|ошибк|баланс|сумм|счет|счёт|блок|тег|мемо|вывел|ввел|депозит|версия|курс"
    r"|đơn|lỗi|số dư|số tiền|nạp|rút|khối|phiên bản|giá"
    r"|sipariş|hata|bakiye|tutar|yatır|çek(?:tim|im)|blok|etiket|sürüm|fiyat"
    r"|pedido|orden|erro|saldo|monto|valor|dep[oó]sit|retir|saque|saqu|bloque|bloco|etiqueta|vers[iã]|precio"
    r"|pre[cç]o|cotiza"
    r"|(?<![a-z])(?:orders?|errors?|err|balance|amount|total|block(?!ed)|height|memo|tag|ticket|case"
    r"|ref(?:erence)?|zip|postal|invoice|version|build|deposit(?:ed)?|withdr[ae]w(?:al|n)?|bought|sold|buy|sell"
    r"|price|account|phone|member|user|since|port|queue|status|at)(?![a-z])"
)
# A PIN is a password by numbers: only what numbers something else is in its way, not what it is for.
_NUMBERED = re.compile(
    r"uid|(?<![a-z])id(?![a-z])|订单|訂單|单号|單號|编号|編號|错误|錯誤|报错|余额|金额|位|注文|エラー|주문|오류"
    r"|заказ|ордер|ошибк|đơn|lỗi"
    r"|sipariş|hata|pedido|orden|erro(?!u)"
    r"|(?<![a-z])(?:orders?|errors?|balance|amount|block(?!ed)|memo|tag|ticket|case|digits?|version|since"
    r"|in)(?![a-z])"
)

PASSWORD_WORD = re.compile(
    r"[密秘蜜][码碼]|口令|パスワ-?[ー]?ド|パス(?:は|が)|비밀번호|비번|암호|пар[оа]л|пор[оа]л|пасс?ворд"
    r"|m[ậâa]t kh?[ẩâấa]u"
    r"|(?<![a-z])[şs][iı]?f[iı]?re|parola|senha|senah|clave|cont?r?a?[sc]?[ei]ñas?|contrase(?:n|ny)a"
    r"|(?<![a-z])(?:pass?w[oer]{0,2}r?ds?|pws?|pwd|psw|passw|mk|mima)(?![a-z])"
)
# Letters, digits and perhaps signs, beginning with a letter or a digit: no word, no number, no address.
_PASSWORD = re.compile(r"(?<![\w@#/.\-+])(?=[a-z]{0,40}[0-9]|[0-9]{1,40}[a-z])(?=[^\s]{0,40}[a-z])[a-z0-9][!-~]{4,39}")
_NO_PASSWORD = re.compile(
    r"^(?:https?:|www\.|0x|2fa(?![0-9a-z])|\d{1,4}(?:st|nd|rd|th|k|x|h|m|d|w|u|usdt?|usdc|btc|eth)$|[a-z]{2,5}-?20$"
    r"|v?\d+(?:\.\d+)+$|ios\d|android\d|web3|p2p|iphone\d|c2c|b2b|windows\d|\S+@\S+\.\S+|\d{1,3}[%])"
)
_TRAILING = ".,;:!?)]}\"'”’」』>"

# A token as API keys and bearer tokens are: too long and too mixed for a word, and no hash, address or signature.
_TOKEN = re.compile(r"(?<![0-9A-Za-z_\-+/=.])[0-9A-Za-z_\-]{40,200}(?![0-9A-Za-z_\-+/=])")
_HEXADECIMAL = re.compile(r"(?:0x)?[0-9a-fA-F]+")
# Of Solana's addresses and signatures; an address of TON is base64.
_BASE58_LENGTHS = frozenset((43, 44, 87, 88))
_TON = re.compile(r"[EUk0]Q[0-9A-Za-z_\-]{46}")
_JWT = re.compile(r"(?<![0-9A-Za-z])eyJ[0-9A-Za-z_\-]{8,2000}(?:\.[0-9A-Za-z_\-]{4,4000}){0,2}")
# A card's security code and its date stand near its number.
_BESIDE_CARD = 70
_THREE = _alone(r"\d{3}")


def find_tokens(text: str) -> Iterator[Span]:
    """Spans of API keys and bearer tokens, which their shape alone gives away: capitals, small letters and digits
    mixed in forty characters and more."""
    yield from (match.span() for match in _JWT.finditer(text))
    for match in _TOKEN.finditer(text):
        token = match.group()
        if _HEXADECIMAL.fullmatch(token) or _TON.fullmatch(token):
            continue
        if len(token) in _BASE58_LENGTHS and token.isalnum():
            continue
        kinds = (str.isupper, str.islower, str.isdigit)
        if all(sum(map(kind, token)) >= 4 for kind in kinds):
            yield match.span()


def find_lone_codes(lower: str, region: Span) -> Iterator[Span]:
    """Spans of six digits of which the nearest word says that they are a code."""
    return (match.span(1) for match in _SIX.finditer(lower, *region) if _nearer(lower, match, _CODE_WORD, _COUNTED))


def find_lone_pins(lower: str, region: Span) -> Iterator[Span]:
    """Spans of four to eight digits of which the nearest word before them says that they are a PIN."""
    for match in _PIN.finditer(lower, *region):
        before = lower[max(0, match.start(1) - _BEFORE_PIN) : match.start(1)]
        own, against = _distance(_PIN_WORD, before, ""), _distance(_NUMBERED, before, "")
        if own is None:
            named = _NAMED.match(lower, match.end(1))
            own = len(named.group()) if named is not None else None
        if own is not None and (against is None or own < against):
            yield match.span(1)


def find_lone_passwords(lower: str, region: Span) -> Iterator[Span]:
    """Spans of tokens with letters and digits close behind a word for a password, however that is spelt."""
    for word in PASSWORD_WORD.finditer(lower, *region):
        match = _PASSWORD.search(lower, word.end(), min(region[1], word.end() + _BEFORE_PASSWORD + 40))
        if match is None or match.start() - word.end() > _BEFORE_PASSWORD:
            continue
        value = match.group().rstrip(_TRAILING)
        if len(value) >= 6 and not _NO_PASSWORD.match(value):
            yield match.start(), match.start() + len(value)


def find_codes_of_cards(lower: str, cards: list[Span]) -> Iterator[Span]:
    """Spans of three digits on their own near the number of a card."""
    for start, end in cards:
        for match in _THREE.finditer(lower, max(0, start - _BESIDE_CARD), min(len(lower), end + _BESIDE_CARD)):
            if not any(begin <= match.start() < finish for begin, finish in cards):
                yield match.span(1)


def _nearer(lower: str, match: re.Match[str], word: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether the nearest word around is of the first sort."""
    before = lower[max(0, match.start(1) - _AROUND) : match.start(1)]
    after = lower[match.end(1) : match.end(1) + _AROUND]
    own, against = _distance(word, before, after), _distance(other, before, after)
    return own is not None and (against is None or own < against)


def _distance(pattern: re.Pattern[str], before: str, after: str) -> int | None:
    distances = [len(before) - found.end() for found in pattern.finditer(before)]
    distances += [found.start() + _BEHIND for found in pattern.finditer(after)]
    return min(distances, default=None)
