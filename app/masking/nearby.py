"""Secrets that no word is joined to: by what is said around them, and by shapes that nothing harmless has.

"it just texted me 482913 and the box is greyed out" names no code. Six digits alone are a code when the nearest word
around them speaks of codes or of what brings them, and no nearer one of something that is counted or numbered; six
digits are a PIN when its name is joined to them by nothing but words that may join it, when somebody says that he
enters it, or when they are named so behind; a token with letters, digits and a sign behind a word for a password is
one, however the word is spelt. Words are looked for in all served languages at once: customers mix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from app.masking.folding import BARRIER
from app.masking.keys import distance
from app.masking.passwords import TRAILING

Span = tuple[int, int]

# Characters around a value in which words are looked for.
_AROUND, _BEFORE_PIN, _BEFORE_PASSWORD, _BEFORE_THREE = 44, 28, 18, 24
# Values looked at in one text: a customer's message has few, and hostile input shall not cost more.
_MOST = 40

_MONEY = (
    r"\s{0,2}(?:usd[tc]?|u(?![a-z])|[a-z]{3,5}(?![a-z])(?<=btc|eth|trx|sol|bnb|xrp|oge|ltc|ton|cny|rmb|eur|gbp"
    r"|jpy|krw|vnd"
    r"|twd|hkd|brl|mxn|rub|inr|epe|hib|ada|dot)|sats?|k(?![a-z])|w(?![a-z])|元|块|塊|円|万|萬|億|亿|원|만|руб|₽|đ|đồng"
    r"|tri[eệ]u|tr(?![a-z])|tl(?![a-z])|lira|reais|euros?|d[oó]lar\w{0,3}|dollars?|pesos?|монет|coins?|tokens?|个|個|枚"
    r"|张|張|次|人|年|月|日|号|天|分|秒|時|时|点|點|%|％|步|楼|条|筆|笔|회|번|명|년|일|분|초|раз|дн|мин|сек|час"
    r"|days?|hours?|minutes?|min(?![a-z])|sec|times|people|users|blocks?|steps?|followers|points?|conf)"
)


def _alone(digits: str) -> re.Pattern[str]:
    """Digits that are part of nothing longer, and count nothing."""
    return re.compile(
        rf"(?<![\d#$¥￥€£₩+_@a-z])(?<!\d[.,:\- ])(?<![/\-])({digits})(?![\da-z@_]|[.,:/\-]\d| \d{{3}}(?!\d)|{_MONEY})"
    )


# Neither a round number nor a day of the twenties.
SIX = _alone(r"(?!\d{3}[ \-]?000|2\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{3}[ \-]?\d{3}")
"""Six digits on their own, in lower case text."""
_THREE = _alone(r"\d{3}")
_UNIT_BEFORE = re.compile(
    r"(?:usd[tc]?|btc|eth|trx|sol|bnb|xrp|inr|eur|rub|vnd|元|币|幣|amount|сумм\w{0,2})[^\w]{0,2}$"
)

_CODE_WORD = re.compile(
    r"验证|驗證|校验|動態|动态|短信|簡訊|短訊|(?<![密个个個行号])[码碼]|口令|分鐘內有效|分钟内有效"
    r"|認証|認證|コード|sms|ワンタイム|문자|인증|코드|смс|(?<!пин)(?<!пин-)(?<!пин )код|аутентиф|süresi (?:doldu|geçti)"
    r"|mã(?! pin)|tin nhắn|nhắn tin|(?:nó|tổng đài) gửi|kod|mesaj|doğrula|c[oó]dig|mensaje|mensagem|torpedo"
    r"|correo|пришло на почту|(?<=에 )메일|(?<![a-z])(?:codes?|text(?:ed|s)?|otp|2fa|totp|e-?mailed|authenticator"
    r"|verif\w{0,8})(?![a-z])"
)
# What is counted or numbered and is no secret, and codes of another sort, with the word that ends them.
_COUNTED = re.compile(
    r"(?:error|err|status|promo(?:tion)?|invit\w{0,6}|referral|ref|country|area|zip|postal|qr|bar|http|return|response"
    r"|order|discount|coupon|voucher|gift|swift|bank|sort|branch|currency|tracking|reason|result|exit|dial(?:ing)?"
    r"|product|item|agent|affiliate|stock|transaction)[ _\-]?codes?"
    r"|(?:hata|davet|referans|posta|ülke|alan|ürün|işlem|sipariş) kod\w{0,3}"
    r"|c[oó]digo (?:de )?(?:error|erro|convite|invitaci[oó]n|referido|indica[cç][aã]o|postal|promo\w{0,7}|pedido)"
    r"|код\w{0,2} (?:ошибки|приглашения|страны|города|валюты|заказа|операции)"
    r"|mã (?:lỗi|giới thiệu|mời|bưu|quốc gia|đơn|khuyến|giao dịch|lệnh|số)"
    r"|(?:邀请|邀請|推荐|推薦|兑换|兌換|代|二维|二維|优惠|優惠|错误|錯誤|报错|邮政编|郵政編)[码碼]"
    r"|(?:招待|紹介|エラー|クーポン)コード|(?:초대|추천|오류|에러|쿠폰|종목) ?코드|\"code\""
    r"|(?:get|gets|got|returned?|returns|返回了?) (?:an? |the )?codes?|(?:mcc|naics|tax|fund|trading|payment"
    r"|employee|stock|region|customer|client|member|serial)[ _\-]?codes?"
    r"|code line"
    r"|(?:şube|promosyon|banka|müşteri) kod\w{0,3}|промокод|код\w{0,2} (?:терминала|подразделения|клиента|от api)"
    r"|c[oó]digo (?:de |ibge)(?:cliente|sucursal|comercio|barras)?|mã (?:khách|hội|hồ|phiếu|ngân|thẻ|vạch|qr)"
    r"|(?:推广|激活|礼品|识别|识別|机器|條|条|源|邮政)[码碼]|(?:銘柄|支店|バー|qr|郵便)コード|(?<![a-z])(?:api"
    r"|nonce|commit|sender|from|request|application)(?![a-z])"
    r"|회원|кто|аккаунт|клиент|müşteri|numara|cliente|radicado|tarih|案件|凭证|憑證|審査|生日|생년월일|结尾"
    r"|挂单|委托|扣了"
    r"|uid|(?<![a-z])id(?![a-z])|订单|訂單|单号|單號|流水|编号|編號|尾号|尾號|手机|手機|电话|電話|错误|錯誤|报错|報錯"
    r"|邮编|郵編|邮政|备注|備註|金额|金額|余额|餘額|账号|帳號|帐号|账户|工单|工單|会员|客户号|群|高度|区块|區塊"
    r"|地址|标签|標籤"
    r"|充值|充了|提了|提现|提币|提幣|转了|轉了|买|買|卖|賣|价|價|等了|版本|排队|排隊|前面还有|弹窗|窗口"
    r"|注文|受付|お問い合わせ|番地|残高|入金|出金|ブロック|タグ|口座|バージョン"
    r"|주문|문의|접수|잔액|금액|입금|출금|블록|태그|계좌|전화"
    r"|заказ|ордер|ошибк|баланс|сумм|счет|счёт|блок|тег|мемо|вывел|ввел|депозит|верси|курс|заявк|обращени|тикет|телефон"
    r"|đơn|lỗi|số dư|số tiền|nạp|rút|khối|phiên bản|giá|lệnh|yêu cầu|điện thoại"
    r"|sipariş|hata|bakiye|tutar|yatır|çek(?:tim|im)|blok|etiket|sürüm|fiyat|talep|telefon|işlem"
    r"|pedido|orden|erro|saldo|monto|valor|dep[oó]sit|retir|saque|saqu|bloque|bloco|etiqueta|vers[iã]|precio|pre[cç]o"
    r"|protocolo|chamado|caso|solicitud|solicita[cç]|tel[eé]fono|telefone|ventana|janela"
    r"|(?<![a-z])(?:orders?|errors?|err|balance|amount|total|block(?!ed)|height|memo|tag|tickets?|case|ref(?:erence)?"
    r"|zip|postal|invoice|version|build|deposit(?:ed)?|withdr[ae]w(?:al|n)?|bought|sold|buy|sell|price|account|phone"
    r"|member|user|since|port|queue|status|at|on|tx|txid|transactions?|trade|transfer(?:red)?|window|popup"
    r"|pops)(?![a-z])"
)

# "it gives an error" behind a value tells what became of it, not what it is.
_FAILED = re.compile(
    r"(?:deu|d[áa]|dando|dio|sale|marca|dice|tira|выда\w{1,4}|пишет|была?|hata ver\w{0,5}|hatası|báo|bị|ra"
    r"|gives?|gave|got|get|says?|shows?|threw|throws)(?: me| an?| el| что| là)? ?(?:erro\w?|hata|lỗi|ошибк\w)"
    r"|(?:显示|顯示|提示|一直|还是|就)(?:错误|錯誤)|报错|報錯|エラーにな|エラーが出|오류가 나|에러가? ?나"
)
# ... but what a screen shows while no code arrives is the error's.
_SHOWN = re.compile(
    r"不|没|沒|無|显示|顯示|弹|彈|页面|頁面|não|\bno (?:me|lleg|recib)|n't|\bnot\b|không|(?<![а-я])не |вижу|gelm"
    r"|届か|(?<![가-힣])안 "
    r"|screen|(?<![a-z])(?:web)?page(?![a-z])|tela|sale|aparece|màn hình"
)
# A number that only its owner enters.
_OF_FUNDS = (
    r"(?:资金|資金|交易|支付|提币|提幣|提现|提現|提款|取款|提領|出金)的?密[码碼]"
    r"|(?:출금|자금|거래|결제) ?(?:비밀번호|비번)"
)
_PIN_WORD = re.compile(
    r"密[码碼]|暗証番号|비밀 ?번호"
    r"|(?<![가-힣])핀(?:번호)?(?![가-힣]{2})"
    r"|(?<![а-я])пин(?:-?код\w{0,2})?(?![а-я])|(?<![a-zà-ỹ])pin(?:['’]?\w{1,4})?(?![a-z])"
)
_ENTERS = re.compile(
    r"输|輸|填|打了|(?<![重再])[设設]|就是|改成|入力|打っ|入れ|にした|입력|눌렀|쳤|(?<!재)설정|вв[её]л|ввожу|набира|набрал|поставил"
    r"|nhập|đọc|bấm|đặt|gird|yaz|yap|digit|ingres|pong|puse|tecle|coloc|(?<![a-z])(?:typ\w{2,4}|enter\w{0,3}"
    r"|press\w{0,3}"
    r"|used?|put|tried|gave|told|set)(?![a-z])"
)
_NUMBERED = re.compile(
    r"账|帳|賬|案|提領|出金|問い合わせ|受付|접수|문의|출금|工单|工單|单子|提现|手机|手機|订单|訂單|错误|錯誤|报错|報錯|余额|金额|买|卖|注文|エラー"
    r"|口座|계좌|주문|аккаунт"
    r"|заказ|ошибк|sipariş|hata|hesap"
    r"|cuenta|conta|pedido|erro|(?<![a-z])(?:account|order|error|uid|id|user|since|in|sold|bought"
    r"|withdr\w{2,4})(?![a-z])"
)
# What is a PIN and nothing else, or a fund password. (In Vietnamese a pin is a battery as well.)
_OWN_PIN = re.compile(
    rf"{_OF_FUNDS}"
    r"|(?<!hết )(?<!sạc )(?<!yếu )(?<![a-zà-ỹ])(?:nip|pin)(?:['’]?(?:im|in|i|imi|ini|ime|imiz)|[码碼]| ?code)?"
    r"(?: (?:numara\w{0,2}|number))?(?![a-zà-ỹ])"
    r"|(?<![а-я])пин(?:-?код\w{0,2})?(?![а-я])|(?<![가-힣])핀(?: ?번호)?(?![가-힣]{2})|暗証番号"
    r"|m[ậa]t kh[ẩa]u (?=rút|rut|giao d[ịi]ch|quỹ|vốn|thanh toán)|mk (?=rút)"
    r"|парол\w{1,2} (?:на |для )?(?=вывод|средств)"
    r"|(?:contraseña|contrasena|clave|senha) (?:(?=de|do|da|para)|financeira)"
    r"|(?:çekim|çekme|fon|işlem) (?:şifre|sifre|parola)\w{0,3}"
    r"|(?:withdraw(?:al)?|funds?|trading|payment|asset|transaction) (?:password|passcode|passwd|pass|pwd|pw)(?![a-z])"
)
# All that may stand between it and its digits: which PIN it is, that it is one, that it was set, given or remembered.
# A list of what else is numbered would have no end.
# Of Chinese, Japanese and Korean, which put no spaces between words; and of the others.
_JOINING = """
    是 为 為 就 也 都 我 记得 記得 设 設 置 定 的 了 给 給 发 發 你 们 您 现在 現在 应该 應該 改成 填 输 入 輸 用
    一直 明明 肯定 确定 確定 确实 確實 以前 原来 原來 啊 告诉 告訴 过 過
    は が を に の 私 確か 絶対 出金 した して 入力 です 은 는 이 가 제 분명히 원래 출금 입력 설정
""".split()  # noqa: SIM905 - a list would be a word a line
_JOINING_WORDS = """
    is was it's it’s my the i we use set remember gave sent put typed enter entered for of to withdraw withdrawal
    withdrawals withdrawing trading funds fund account be as you here now that should must has always been
    definitely used
    es era de del la el mi retiro retiros retirar cuenta fondos que uso puse pongo para operaciones pago pagos
    siempre fue nuevo nueva correcto correcta
    é do da o a meu minha saque saques sacar conta q eu coloquei pus pra transação transacao negociação cadastrei
    foi novo nova correto correta
    на для от вывод вывода средств моего аккаунта мой это такой точно всегда правильный у меня был вот ставил
    ввожу ввел ввёл
    rút tiền là của em tôi mình tài khoản giao dịch quỹ vốn thanh toán dich nè đây đúng chắc chắn cũ mới đặt nhập
    rut tien benim olarak kesinlikle hep şu için çekim hesabımın girdim
""".split()  # noqa: SIM905 - a list would be a word a line
_JOINED_PIN = re.compile(
    rf"(?:[\s:：=\-–—\"'“”「」(（]|{'|'.join(_JOINING)}"
    rf"|(?<![^\W\d])(?:{'|'.join(_JOINING_WORDS)})(?![^\W\d])){{0,24}}+"
)
# "reset the PIN for my account 482913", "the PIN to withdraw 125500": then the digits are the account's or the amount.
_ANOTHERS = re.compile(
    r"(?:account|cuenta|conta|аккаунта|của tài khoản(?: (?:em|tôi|mình))?|çekim|出金|출금"
    r"|(?<![^\W\d])(?:for|to|para|pra)(?: (?!(?:is|was|be|es|é)(?!\w))[^\W\d]+){0,3})[\s(#]{0,3}$"
)
# A PIN that is named behind: at once or by a verb, or where the name ends what was said.
_NAMED = re.compile(
    r"(?P<apart>\s?[,，\-—:：.(（=<]{1,3})?\s?"
    r"(?P<joined>(?:这个|這個|这|這)?就?是|做|当|當|这|が|は|という|is|was|that['’]?s|it['’]?s|it is|this is|as"
    r"|(?<=\s)(?:es|de|é|это|как|là)|bu|đó là|이게|이|가)?\s?"
    r"(?:my |the |mi |el |meu |o meu |o |a |minha |a minha |мой |benim |제 |내 |我的|我)?"
    rf"(?:{_OF_FUNDS}|(?:withdraw(?:al)?|fund|trading|payment) (?:pin|password)"
    r"|(?:clave|contraseña|senha) (?:de|do) (?:retiro|fondos|saque)|senha financeira|(?:mật khẩu|mk) rút|çekim şifrem"
    r"|暗証番号|(?<![a-z])nip(?![a-z])"
    r"|(?:mã )?pin(?:im|imdi)?(?![a-z])|пин(?:-?код)?(?![а-я])|핀(?:번호)?(?![가-힣]{3}))"
)
_ENDS = re.compile(r"[\s\"'»”]{0,2}(?:$|[\n.,!?;)）。，！])")
_LABEL_BEFORE = re.compile(
    rf"(?:{_COUNTED.pattern}|{_NUMBERED.pattern}|[号號]|番号|번호|номер|número|提示|报|彈|弹|выда\w{{1,3}}"
    r"|(?<![a-z])(?:got|customer|no)(?![a-z]))[^\d,.，。;!?]{0,12}$"
)

PASSWORD_WORD = re.compile(
    r"[密秘蜜][码碼]|口令|パスワ-?[ー]?ド|パス(?:は|が)|비밀번호|비번|암호|пар[оа]л|пор[оа]л|пасс?ворд"
    r"|m[ậâa]t kh?[ẩâấa]u|(?<![a-z])[şs][iı]?f[iı]?re|parola|senha|senah|clave|cont?r?a?[sc]?[ei]ñas?|contrase(?:n|ny)a"
    r"|(?<![a-z])(?:pass?w[oer]{0,2}r?ds?|pass|pws?|pwd|psw|passw|mk|mima)(?![a-z])"
)
"""A word for a password, also misspelt."""
_PASSWORD = re.compile(r"(?<![\w@#/.\-+])[A-Za-z0-9][!-~]{5,199}")
# Between the word and its value nothing may say that something else comes.
_SOMETHING_ELSE = re.compile(
    r"错误|錯誤|エラー|오류|ошибк|hata|erro|用户|用戶|账|帳|设备|設備|页面|頁面|版本|提示|例如|(?<!\w)(?:на|с|со|через)(?!\w)|телефон|устройств|아이디|계정"
    r"|アカウント|логин|аккаунт"
    r"|usu[aá]ri|cuenta|(?<![a-z])conta(?![a-z])|hesap|kullanıcı|tài khoản|e\.g\."
    r"|(?<![a-z])(?:error|code|order|user(?:name)?|id|uid|login|account|page|file|trade|version|on|after|before"
    r"|in|with|since|iphone"
    r"|android|windows)(?![a-z])"
)
# "the account's password": says whose it is, not that something else comes.
_OWNED = re.compile(
    r"[а-я]{0,2}\s?(?:(?:от|к|для) (?:моего |этого )?(?:аккаунт\w?|уч[её]тк\w|почт\w|биржи)"
    r"|на (?:биржу|почту|аккаунт|вход)"
    r"|(?:of|for|to) (?:my |the |this )?(?:account|login|e-?mail|app)|de (?:mi |la |esta )?cuenta"
    r"|d[ae] (?:minha )?conta"
    r"|(?:của )?tài khoản(?: (?:của )?(?:em|tôi|mình))?)(?![^\W\d])"
)
_NO_PASSWORD = re.compile(r"^(?:https?:|www\.|0x|\S+@\S+\.\S+)")
_SIGNS = frozenset("!@#$%^&*?_+=~")
# User names have underscores as well.
_SIGNS_OF_PASSWORDS = _SIGNS - {"_"}

# A token as API keys and bearer tokens are: too long and too mixed for a word, and no hash, address or signature.
_TOKEN = re.compile(r"(?<![0-9A-Za-z_\-+/=.])[0-9A-Za-z_\-]{40,200}(?![0-9A-Za-z_\-+/=])")
_HEXADECIMAL = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")
_KEY_LENGTH = 64
_TON = re.compile(r"[EUk0]Q[0-9A-Za-z_\-]{46}")
_JWT = re.compile(r"(?<![0-9A-Za-z])eyJ[0-9A-Za-z_\-]{8,2000}(?:\.[0-9A-Za-z_\-]{0,4000}){0,4}")

# Words for the three digits on the back of a card.
_BEHIND_CARD = re.compile(
    r"[后後末]三|背面|反面|安全码|安全碼|裏|뒷|뒤|обор|сзади|cv[vcn]|[сц]вв|arka|tr[áa]s|atr[áa]s|reverso|verso|mặt sau"
    r"|mã|c[oó]digo"
    r"|kod|код|(?<![a-z])(?:back|behind|security)(?![a-z])"
)
_BESIDE_CARD = 70


def find_tokens(text: str) -> Iterator[Span]:
    """Spans of API keys and bearer tokens, which their shape alone gives away: capitals, small letters and digits
    mixed in forty characters and more. What could be base58, as addresses and signatures are, is left but for keys'
    commonest length."""
    yield from (match.span() for match in _JWT.finditer(text))
    for match in _TOKEN.finditer(text):
        token = match.group()
        if _HEXADECIMAL.fullmatch(token) or _TON.fullmatch(token):
            continue
        if len(token) != _KEY_LENGTH and _BASE58.fullmatch(token):
            continue
        if all(sum(map(kind, token)) >= 4 for kind in (str.isupper, str.islower, str.isdigit)):
            yield match.span()


def find_lone_codes(lower: str) -> Iterator[Span]:
    """Spans of six digits of which the nearest word says that they are a code."""
    for span, before, after in _sixes(lower):
        own = distance(_CODE_WORD, before, after)
        if own is None or _UNIT_BEFORE.search(before):
            continue
        if not _SHOWN.search(before):
            # As long as before: what counts is how far the words are.
            after = _FAILED.sub(lambda match: " " * len(match.group()), after)
        against = distance(_COUNTED, before, after)
        if against is None or own < against:
            yield span


def find_lone_pins(lower: str) -> Iterator[Span]:
    """Spans of six digits that are joined to a PIN's name, that somebody says he enters as it, or that are named so."""
    for span, before, _ in _sixes(lower):
        *_, own = [None, *_OWN_PIN.finditer(before)]
        if own is not None and _JOINED_PIN.fullmatch(before, own.end()):
            if not _ANOTHERS.search(before, own.end()):
                yield span
        elif _is_entered(before[-_BEFORE_PIN:]) or _is_named(lower, span[1], before):
            yield span


def _is_entered(before: str) -> bool:
    *_, word = [None, *_PIN_WORD.finditer(before)]
    if word is None:
        return False
    between = before[word.end() :]
    return _ENTERS.search(between) is not None and _NUMBERED.search(between) is None


def _is_named(lower: str, end: int, before: str) -> bool:
    named = _NAMED.match(lower, end)
    if named is None or _LABEL_BEFORE.search(before):
        return False
    return bool(named["joined"]) or not named["apart"] or _ENDS.match(lower, named.end()) is not None


def find_lone_passwords(text: str, lower: str, region: Span) -> Iterator[Span]:
    """Spans of tokens with letters, digits and a sign or both cases close behind a word for a password, however that
    is spelt; `text` is folded, `lower` its lower case."""
    for word in PASSWORD_WORD.finditer(lower, *region):
        owned = _OWNED.match(lower, word.end())
        begin = word.end() if owned is None else owned.end()
        match = _PASSWORD.search(text, begin, begin + _BEFORE_PASSWORD + 200)
        if match is None or match.start() - begin > _BEFORE_PASSWORD:
            continue
        value = match.group().rstrip(TRAILING)
        between = lower[begin : match.start()]
        if BARRIER in between or _SOMETHING_ELSE.search(between) or _NO_PASSWORD.match(value.lower()):
            continue
        if owned is not None and not between.strip() and _SIGNS_OF_PASSWORDS.isdisjoint(value):
            # A user name follows at once, a password mostly behind a colon or "is".
            continue
        letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
        mixed = any(map(str.isupper, value)) and any(map(str.islower, value))
        if len(value) >= 6 and letters >= 2 and digits >= 2 and (mixed or not _SIGNS.isdisjoint(value)):
            yield match.start(), match.start() + len(value)


def find_codes_of_cards(lower: str, cards: Sequence[Span]) -> Iterator[Span]:
    """Spans of three digits near the number of a card, behind a word for what stands on its back."""
    for start, end in cards[:_MOST]:
        for match in _THREE.finditer(lower, max(0, start - _BESIDE_CARD), min(len(lower), end + _BESIDE_CARD)):
            if _BEHIND_CARD.search(lower, max(0, match.start(1) - _BEFORE_THREE), match.start(1)):
                yield match.span(1)


def _sixes(lower: str) -> Iterator[tuple[Span, str, str]]:
    """Six digits that stand alone, with what stands around them."""
    for match in islice(SIX.finditer(lower), _MOST):
        yield match.span(1), *_around(lower, match.span(1))


def _around(lower: str, span: Span) -> tuple[str, str]:
    """What stands before and behind a value, up to what is masked already."""
    before = lower[max(0, span[0] - _AROUND) : span[0]].rpartition(BARRIER)[2]
    return before, lower[span[1] : span[1] + _AROUND].partition(BARRIER)[0]
