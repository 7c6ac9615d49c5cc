"""E-mail addresses, telephone numbers, user ids and order ids."""

import re
from collections.abc import Iterator

from bot.entities import money, names
from bot.entities.model import Found

# Stars behind a letter hide some of it; stars around all of it are Markdown.
_EMAIL = re.compile(
    r"(?<![0-9A-Za-z._%+@-])"
    + "".join(rf"(?<![0-9A-Za-z]\*{{{count}}})" for count in range(1, 7))
    + r"[0-9A-Za-z][0-9A-Za-z._%+-]{0,63}@(?![0-9A-Za-z.-]*\*+[0-9A-Za-z.])[0-9A-Za-z@.-]*[0-9A-Za-z]"
)
_EMAIL_FORM = re.compile(r"[0-9a-z](?:[0-9a-z_%+-]|\.(?!\.))*(?<!\.)@(?:[0-9a-z](?:[0-9a-z-]*[0-9a-z])?\.)+[a-z]{2,24}")

_IS = (
    r"(?:\s?(?:是|为|為|is|are|es(?![-\w])|é|là|は|は、|は：|는|은|[:：=#＃\-]"
    r"|no\.?|№|号|號|番号|번호)){0,3}\s?[\"'「“(（]?\s?"
)
_NO_PHONE_OR_DATE = r"(?!1[3-9]\d{9}(?!\d)|20\d{6}(?!\d))"
# Digits that are no telephone number, no date and no amount.
_OWN_ID = rf"{_NO_PHONE_OR_DATE}(?!09\d{{8}}(?!\d))\d{{7,10}}(?!\d|[.,]\d|\s?[多来余个個]|{money.MEASURED})"
_UID = re.compile(
    r"(?:(?<![0-9A-Za-z])(?:uid(?:['’](?:im|m|si))?(?: (?:của (?:mình|tôi|em|t)|mío|мой|meu))?"
    r"|user ?id|account ?id|member ?id|customer ?id|client ?id|my id)(?![a-z])"
    r"|(?:用户|用戶|账户|賬戶|帳戶|账号|帳號|会员|會員|客户|客戶|我的|交易所)\s?(?:id|编号|編號|号码)"
    r"|ユーザー ?id|유저 ?아이디|사용자 ?id|id de usuario"
    r"|id do usuário|id пользователя"
    r"|(?<![0-9A-Za-z])id(?=\s?[:：是为は])"
    rf"|(?<![a-z])(?:freeze|my|our|this|sub)[ -]?account(?= {_OWN_ID})"
    r"|(?<!\w)(?:mi id|meu id|мой (?:id|айди)|uid numaram|kullanıcı id|id của (?:mình|tôi|em))(?!\w)"
    # Ours is named by its number, if nothing is counted and it is no date and no telephone number.
    r"|(?:(?<![^\n。.!！?？])|(?<=我的)|(?<=我)|(?<=这个)|(?<=個)|(?<=该)|(?<=平台))(?:账户|賬戶|帳戶|账号|賬號|帳號)"
    rf"(?=\s?(?!09\d{{8}}|20\d{{6}}(?!\d))\d{{7,10}}(?!\d|[.,]\d|\s?[A-Za-z多来余个個]|{money.MEASURED})))"
    + rf"(?:{_IS}|(?:记得|如下|发你|给你)?[,，:：]\s?(?={_OWN_ID}))"
    + r"(?P<id>\d{5,14}(?![0-9])|(?=[A-Za-z]{0,8}\d)[0-9A-Za-z]{4,20}(?![0-9A-Za-z]))",
    re.IGNORECASE,
)
_UID_BEFORE = re.compile(
    r"(?<![0-9A-Za-z.,+$-])(?P<id>\d{6,12}) ?(?:is|就?是|は|es|é) ?(?:my|our|我的|私の|mi|o meu|meu)? ?"
    r"(?:uid|user id)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_ORDER_STRONG = (
    r"(?:订单|訂單|委托|委託|成交|交易|提[现現币幣]|充[值币]|流水|工单|业务|业務|申诉|P2P)\s?(?:记录"
    r"|紀錄)?\s?(?:号码?|號碼?|编号|編號|id|单号|單號)"
    r"|(?<!快递)[单單][号號]|参考号|流水号|client ?order ?id"
    r"|(?<![a-z])(?:order|withdrawal|withdraw|deposit|trade|transfer|reference|ref|transaction|payment"
    r"|p2p order)[ _-]?(?:ids?|no\.?|num(?:ber)?|nr|code|ref(?:erence)?|#)(?![a-z])"
    r"|(?<![a-z])(?:ref|reference)(?![a-z])"
    r"|注文(?:番号|id)|주문 ?번호|номер (?:заказа|ордера|заявки)|número de (?:orden|pedido|ordem)|nº de (?:orden"
    r"|pedido)|mã (?:đơn(?: hàng)?|lệnh|giao dịch)|(?:sipariş|emir|işlem) (?:no|numarası|kodu)"
)
_ORDER_WEAK = (
    r"订单|訂單|(?<![a-z])order(?![a-z])|orden|pedido|ordem|ордер|заказ|заявк[аиу]|주문|注文|(?<![a-zà-ỹ])(?:lệnh"
    r"|đơn)(?: p2p| mua| bán)?"
    r"|сделк[аиу]|(?<!\w)ilan(?: no)?(?!\w)"
)
# "下的单5590012738", "4410286639 這張單"; no mobile number and no date.
_MEASURED_ID = r"(?P<id>" + _NO_PHONE_OR_DATE + r"\d{8,22})"
_ORDER_MEASURED = re.compile(
    r"(?:的|[那这這][张張个個笔筆]|[买買卖賣价價])[单單]子?[\s:：]?"
    + _MEASURED_ID
    + rf"(?![0-9A-Za-z.]|\s?[A-Z]{{3,6}}(?![a-z])|{money.MEASURED})"
)
_MEASURED_BEFORE = re.compile(
    r"(?<![0-9A-Za-z.+$-])" + _MEASURED_ID + r"\s?(?:[那这這][张張个個笔筆]?)?[单單](?![价價位独獨纯純元])"
)
_ORDER = re.compile(
    rf"(?:{_ORDER_STRONG}){_IS}(?P<id>(?=[0-9A-Za-z_-]{{0,48}}\d)[0-9A-Za-z](?:[0-9A-Za-z_-]{{3,47}})[0-9A-Za-z])(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_ORDER_LOOSE = re.compile(
    rf"(?:{_ORDER_WEAK})(?: p2p)?{_IS}(?!\d+{money.MEASURED}|20\d\d-\d\d?-\d\d?(?!\d))"
    r"(?P<id>(?=(?:[A-Za-z_-]{0,12}\d){4})[0-9A-Za-z](?:[0-9A-Za-z_-]{4,47})[0-9A-Za-z])(?![_-]*[0-9A-Za-z]|\.\w)"
    # Behind so weak a word it may be what was bought.
    rf"(?!{money.MEASURED})",
    re.IGNORECASE,
)
# "划转单TR5520931", "P2P BR5530917": letters and figures behind a word for a trade.
_ORDER_TAGGED = re.compile(
    r"(?:[单單]子?|거래|注文|(?<![A-Za-z])(?:[Pp]2[Pp]|OTC)(?: trade)?|сделк\w{1,2})[\s:：#]{0,2}"
    r"(?P<id>(?P<letters>[A-Z]{1,5})-?\d{6,22})(?![0-9A-Za-z])"
)
# "order ids 3300918271 and 3300918274": the next in the row.
_ONE_MORE = re.compile(
    r"\s?(?:[,，、/&]|and|or|和|跟|与|與|还有|還有)\s?"
    rf"(?P<id>{_NO_PHONE_OR_DATE}[A-Z]{{0,5}}-?\d{{6,22}})"
    rf"(?![0-9A-Za-z]|[.,]\d|(?i:{money.MEASURED}))"
)
# In Turkish the number stands before its word.
_ORDER_BEFORE = re.compile(
    r"(?<![0-9A-Za-z])(?P<id>(?:[A-Z]{1,4}-?)?\d[\d-]{4,40}) numaralı (?:emi?r|sipariş|işlem)", re.IGNORECASE
)
_ORDER_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:ORD|OD|WD|DP|TX|TXN|P2P|C2C|W|D|PO)[-_]?\d[0-9-]{5,30}|(?:ORD|WD"
    r"|DP)[-_][0-9A-Z-]{5,30}|[A-Z]{3,4}-\d{7,12})(?![0-9A-Za-z])"
)
_BARE_ORDER = re.compile(r"(?<![0-9A-Za-z.,+$-])\d{15,22}(?![0-9A-Za-z]|[.,]\d)")
# Long numbers of another sort: of a card, a bank account, an identity.
_PERSONAL = re.compile(
    r"身份证|身份證|证件|護照|护照|银行|銀行|卡号|卡號|储蓄|カード|口座|카드|계좌|주민"
    r"|(?<!\w)(?:cards?|account number|bank account|passport|ssn|iban|карт\w{0,2}|сч[её]т\w?|паспорт\w{0,2}"
    r"|tài khoản|cccd|cmnd|stk"
    r"|clabe|número de cuenta|tarjeta|conta bancária|cartão|cpf|dni|kart\w{0,4}|hesap no)(?!\w)",
    re.IGNORECASE,
)

_PHONE_WORD = re.compile(
    r"手机|手機|电话|電話|联系方式|號碼|号码是|phone|mobile|cell|whatsapp|telegram number|call me|reach me|tel"
    r"|sms|телефон"
    r"|номер тел|teléfono|telefone|celular|điện thoại|sđt"
    r"|telefon|携帯|휴대폰|전화",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(
    r"(?<![0-9A-Za-z+])(?<!\d[.,])(?:\+|00(?=[1-9]))\(?[1-9](?:[\s().-]{0,2}\d){5,17}(?![0-9A-Za-z])"
)
_NATIONAL = re.compile(r"(?<![0-9A-Za-z.+$#-])\(?\d(?:[\s().-]{0,2}\d){5,14}(?![0-9A-Za-z]|[.,:]\d)")
# National forms that are telephone numbers wherever they stand: pattern on the digits, country code, digits to drop.
_ANYWHERE = ((re.compile(r"1[3-9]\d{9}"), "86", 0),)
_HOME: dict[str, tuple[tuple[re.Pattern[str], str, int], ...]] = {
    "zh-CN": ((re.compile(r"0\d{9,11}"), "86", 1),),
    "zh-TW": ((re.compile(r"09\d{8}"), "886", 1),),
    "ja": ((re.compile(r"0[789]0\d{8}"), "81", 1), (re.compile(r"0\d{9}"), "81", 1)),
    "ko": ((re.compile(r"01[016789]\d{7,8}"), "82", 1),),
    "vi": ((re.compile(r"0[35789]\d{8}"), "84", 1),),
    "tr": ((re.compile(r"05\d{9}"), "90", 1), (re.compile(r"5\d{9}"), "90", 0)),
    "ru": ((re.compile(r"89\d{9}"), "7", 1), (re.compile(r"79\d{9}"), "7", 1), (re.compile(r"9\d{9}"), "7", 0)),
    "es": ((re.compile(r"[67]\d{8}"), "34", 0),),
    "pt": ((re.compile(r"[1-9]{2}9\d{8}"), "55", 0), (re.compile(r"9\d{8}"), "351", 0)),
    "en": (
        (re.compile(r"[2-9]\d{2}[2-9]\d{6}"), "1", 0),
        (re.compile(r"1[2-9]\d{2}[2-9]\d{6}"), "1", 1),
        (re.compile(r"07\d{9}"), "44", 1),
    ),
}
# At home only: elsewhere ten digits that begin with 0 are too many countries'.
_LANDLINES = _HOME["zh-CN"]
_BY_CODE = {
    "86": re.compile(r"1[3-9]\d{9}"),
    "886": re.compile(r"9\d{8}"),
    "1": re.compile(r"[2-9]\d{2}[2-9]\d{6}"),
    "852": re.compile(r"[2-9]\d{7}"),
    "7": re.compile(r"\d{10}"),
    "81": re.compile(r"\d{9,10}"),
    "82": re.compile(r"\d{8,10}"),
    "84": re.compile(r"\d{9,10}"),
    "90": re.compile(r"\d{10}"),
    "44": re.compile(r"\d{9,10}"),
    "65": re.compile(r"[3689]\d{7}"),
    "34": re.compile(r"\d{9}"),
    "55": re.compile(r"\d{10,11}"),
    "91": re.compile(r"[6-9]\d{9}"),
    "49": re.compile(r"\d{7,11}"),
}
"""What follows a country code, where it is known."""
_SEPARATED = re.compile(r"\(\d{3}\)\s?\d{3}[ .-]\d{4}|\d{3}[ .-]\d{3}[ .-]\d{4}|0\d{1,3}[ .-]\d{3,4}[ .-]\d{3,4}")


def find_emails(text: str) -> Iterator[Found]:
    """E-mail addresses; what is written around an @ but is no address is one that is not valid."""
    for match in _EMAIL.finditer(text):
        address = match.group().lower()
        yield Found("email", *match.span(), address, _EMAIL_FORM.fullmatch(address) is not None)


def find_uids(text: str) -> Iterator[Found]:
    """User ids, beside their word only."""
    for match in _UID.finditer(text):
        yield Found("uid", *match.span("id"), match["id"], re.fullmatch(r"\d{5,14}", match["id"]) is not None)
    for match in _UID_BEFORE.finditer(text):
        yield Found("uid", *match.span("id"), match["id"])


def find_orders(text: str) -> Iterator[Found]:
    """Order ids: beside their word, by their prefix, or long enough to be nothing else."""
    for pattern in (_ORDER, _ORDER_LOOSE, _ORDER_MEASURED, _MEASURED_BEFORE, _ORDER_BEFORE, _ORDER_TAGGED):
        for match in pattern.finditer(text):
            letters = match["letters"] if pattern is _ORDER_TAGGED else ""
            if letters and (names.is_coin(letters) or re.fullmatch(money.WORDS, letters, re.IGNORECASE)):
                # "P2P INR500000" is a sum.
                continue
            yield Found("order_id", *match.span("id"), match["id"])
            more = _ONE_MORE.match(text, match.end("id"))
            while more is not None and len(more["id"]) == len(match["id"]):
                yield Found("order_id", *more.span("id"), more["id"])
                more = _ONE_MORE.match(text, more.end("id"))
    for match in _ORDER_CODE.finditer(text):
        yield Found("order_id", *match.span(), match.group())
    for match in _BARE_ORDER.finditer(text):
        if not _PERSONAL.search(text, max(0, match.start() - 24), match.start()):
            yield Found("order_id", *match.span(), match.group())


def find_phones(text: str, locale: str) -> Iterator[Found]:
    """Telephone numbers: international ones anywhere, national ones by the language or beside their word."""
    for match in _INTERNATIONAL.finditer(text):
        digits = re.sub(r"\D", "", match.group()).removeprefix("00")
        yield Found("phone", *match.span(), f"+{digits}", _is_international(digits))
    for match in _NATIONAL.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        named = _PHONE_WORD.search(text[max(0, match.start() - 20) : match.start()]) is not None
        shaped = _SEPARATED.fullmatch(match.group()) is not None
        found = _national(digits, locale, everywhere=not (named or shaped))
        if found is not None:
            yield Found("phone", *match.span(), f"+{found}")
        elif digits.startswith("86") and re.fullmatch(r"861[3-9]\d{9}", digits):
            yield Found("phone", *match.span(), f"+{digits}")
        elif named:
            yield Found("phone", *match.span(), digits, False)


def _is_international(digits: str) -> bool:
    if not 8 <= len(digits) <= 15:
        return False
    code = next((digits[:n] for n in (3, 2, 1) if digits[:n] in _BY_CODE), None)
    return code is None or _BY_CODE[code].fullmatch(digits[len(code) :]) is not None


def _national(digits: str, locale: str, *, everywhere: bool) -> str | None:
    """E.164 without its plus; None when the digits are no number of the customer's country.

    `everywhere`: neither a word nor its writing says that it is a telephone number, so only forms count that nothing
    else has."""
    own = _HOME.get(locale, _HOME.get(locale[:2], ()))
    foreign = tuple(form for forms in _HOME.values() for form in forms if form not in own and form not in _LANDLINES)
    forms = (*own, *_ANYWHERE) if not everywhere else (*_ANYWHERE, *(f for f in own if f[2]))
    for shape, code, drop in (*forms, *(() if everywhere else foreign)):
        if shape.fullmatch(digits):
            return code + digits[drop:]
    return None
