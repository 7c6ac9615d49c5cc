"""One-time codes beside their words.

A number is a code because of the word beside it, never by its shape alone: error codes, amounts, order ids and
years look the same. Six digits may stand a few words away from an unmistakable word (`_STRONG`); other lengths must
be linked to it directly; the bare word "code" also needs a colon, "is" or "my", and nothing that makes it another
sort of code (error, referral, postal ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_STRONG = (
    r"(?:验证码|驗證碼|校验码|校驗碼|动态[码口]令?|動態[碼口]令?|动态密码|動態密碼|一次性密[码碼]|安全码|安全碼|谷歌码|短信码|确认码|確認碼|认证码|認證碼"
    r"|(?:备用|備用|恢复|恢復)[码碼]|谷歌验证器?|谷歌验证|身份验证器|二次验证|两步验证"
    r"|認証コード|確認コード|認証番号|ワンタイムパスワード|二段階認証|セキュリティコード|バックアップコード"
    r"|인증 ?번호|인증 ?코드|확인 ?코드|보안 ?코드|일회용 ?비밀번호|백업 ?코드"
    r"|код\w{0,2} (?:подтверждения|проверки|безопасности|авторизации|из (?:смс|sms|письма|приложения)|2fa|смс)"
    r"|(?:смс|sms)-?код"
    r"|одноразов\w{2,3} (?:код|пароль)|проверочн\w{2,3} код|резервн\w{2,3} код"
    r"|mã (?:xác (?:minh|thực|nhận)|otp|bảo mật|2fa|sms|dự phòng)|ma (?:xac (?:minh|thuc|nhan)|otp)"
    r"|(?:doğrulama|dogrulama|onay|güvenlik|guvenlik|sms|yedek|giriş) kod\w{0,3}"
    r"|c[óo]digo (?:de )?(?:verificaci[óo]n|seguridad|autenticaci[óo]n|confirmaci[óo]n|verifica[çc][ãa]o|seguran[çc]a"
    r"|autentica[çc][ãa]o|confirma[çc][ãa]o|sms|2fa|acceso|acesso|respaldo)"
    # A hash may begin like the word: no code is that long.
    r"|(?<![a-z0-9])(?:[2２]fa(?![a-z0-9]{9})|2-fa|totp|otp|mfa|passcode|one[ -]time (?:code|password|pin|passcode)"
    r"|(?:verification|verify|security|auth|authentication|authenticator|authorization|confirmation|confirm|login|log-in"
    r"|sign-?in|sms|e-?mail|text|google|phone|backup|recovery|access|2-step|two-factor|[2２]fa|withdrawal) "
    r"(?:code|pin)s?"
    r"|google auth(?:enticator)?)(?![a-z]))"
)
# Links that join the word with its value, in all served languages.
_LINK = (
    r"(?:[\s:=>\-–—\"'“”‘’「」『』【】()\[\]<*`~#]|code|codes|number|num|pin|码|碼|号|是|为|為|就|都|输入|填写?|填|的|了|我|收到|显示|提示|发来"
    r"|发|给|刚|is|was|are|it's|its|コード|は|が|を|는|은|이|가|를|을|là|es|era|é|foi|это|был|dir|g-(?=\d))"
)
_VALUE = (
    r"(?<![\d.,])(\d{3}[ \-]\d{3,4}|\d{4,8})(?![\d]|[.,:/\-]\d|\s?(?:年|月|日|秒|分|次|元|块|個|个|位|人"
    r"|条|%|円|원|초|번|회|usd|btc|eth|cny"
)
_VALUE += r"|min|sec|time|digit|hour|day|am(?![a-z])|pm(?![a-z])|руб|₽))"
_SIX = _VALUE.replace(r"\d{3,4}|\d{4,8}", r"\d{3}|\d{6}")

_DIRECT = re.compile(_STRONG + _LINK + r"{0,14}" + _VALUE)
_DISTANT = re.compile(_STRONG + r"([^\d,，。.;!?\n⟦\ue000]{0,28}?)" + _SIX)
_BACKUP = re.compile(
    r"(?:(?:备用|備用|恢复|恢復)[码碼]|(?:backup|recovery|reset) codes?|バックアップコード|백업 ?코드"
    r"|резервн\w{2,3} код\w{0,2}|yedek kod\w{0,3})"
    + _LINK
    + r"{0,8}([a-z0-9]{4,12}(?:-[a-z0-9]{4,12}){1,4}|(?=[a-z]{0,11}\d)[a-z0-9]{8,16})(?![a-z0-9])"
)
_WEAK = re.compile(
    r"(?P<mine>(?<![a-z])(?:my|our|mi|meu|мой|mã của tôi|私の|제|내) )?"
    r"(?P<before>[a-zçığşöüа-яё]{2,15}[ _-]|エラー|招待|紹介|에러 ?|오류 ?|초대 ?|추천 ?)?"
    r"(?<![a-z_])(?:codes?|c[óo]digo|kod(?:um?|u)?|код|mã|コード|코드)(?P<link>(?:[\s:=\-–—]|is|was|es|é|là|это|は|는|은|dir){1,8})"
    + _SIX
)
_OTHER_SORT = re.compile(
    r"^(?:error|err|status|promo|promotion|invite|invitation|referral|ref|country|area|zip|postal|post|qr|bar|http|return|response"
    r"|order|discount|coupon|voucher|gift|swift|bank|sort|branch|currency|source|tracking|reason|result|exit|fault|dial|dialing"
    r"|product|item|agent|affiliate|stock|token|hata|davet|referans|posta|ülke|alan|urun|エラー|招待|紹介|에러"
    r"|오류|초대|추천|ошибки)[ _-]?$"
)
# Six digits that came by message, with a verb instead of an unmistakable word.
_RECEIVED = re.compile(
    r"(?:(?:收到|传来|傳來|发来|發來|寄来|寄來)的?(?:短信|簡訊|邮件|信)?的?[码碼](?:是|为|為)?|(?:短信|簡訊)(?:里|裡)?(?:传来|傳來|发来|發來|收到|是|给的)的?(?:码|碼|数字|數字)?"
    r"|code (?:i|we|you|that|they|it) (?:just )?(?:received|got|get|sent|came|gave me|sent me)"
    r"(?: by sms| by email)?(?: is| was)?"
    r"|(?:el|o|um|un) c[óo]digo(?= ?\d{6} (?:no|n[ãa]o|inv))"
    r"|(?:me lleg[óo]|recib[íi]|recebi|chegou) (?:el|un|o|um) c[óo]digo"
    r"|(?:пришёл|пришел|пришло|получил\w?|прислали) (?:код|смс|sms)|gelen kod\w{0,3}|nhận được mã|gửi mã"
    r"|(?:문자|sms|메일)\S{0,3} 온 (?:번호|코드)\S?|(?:sms|メール)\S?(?:届いた|来た)(?:番号|数字|コード)(?:は|が)?)"
    r"[\s:：=]{0,2}" + _SIX
)
_BLOCKER = re.compile(
    r"uid|withdraw|deposit|(?<![a-z])id(?![a-z])|订单|訂單|单号|單號|编号|編號|手机|手機|电话|電話|尾号|尾號|错误码|错误代码|錯誤碼|邮编|金额|余额|账号|帐号|帳號|账户"
    r"|工单|会员|客户号|群|order|error|phone|mobile|account|amount|balance|block|zip|ticket|case|member|since|after|before|until|than"
    r"|注文|주문|전화|заказ|ошибк|телефон|pedido|sipariş|telefon|teléfono|đơn|(?:usdt|btc|eth)"
)
_BLOCKER_BEFORE = re.compile(rf"(?:{_BLOCKER.pattern}|号|#|\$|￥|¥|€|代码|代碼)[^\w]{{0,4}}(?:is|是|为|:)?\s?$")
_REVERSE = re.compile(
    r"(?<![\d.,#$])(?<!\d-)(\d{3}[ \-]\d{3}|\d{6})(?P<link>[\s:=\-–—()\"'“”,]{0,3}(?:is|was|are|это|es|é|是|为"
    r"|為|这是|が|は|이|가|là)?\s?"
    r"(?:这个是|这是|my|the|your|mi|el|meu|o|мой|私の|제|내|我的|我|收到的|这个|刚收到的)?\s?"
    r"(?:sms|email|e-mail|google|login|phone|短信|手机|邮箱|谷歌|登录|的|收到的)?\s?)" + _STRONG
)
_JOINS = re.compile(r"is|was|are|это|es|é|是|为|為|が|は|이|가|là|my")
_COMPLAINT = re.compile(
    r"\s{0,2}(?:一直|总是|都|还|就|老是)?(?:收不|没收|沒收|没有|未收|不|無|无|怎|没|hasn|has not|didn|did not"
    r"|never|not|isn|doesn)"
)


def find_codes(lower: str, region: Span) -> Iterator[Span]:
    """Spans of one-time codes in a region of folded, lower-case text; the words beside them stay."""
    yield from (match.span(1) for match in _DIRECT.finditer(lower, *region))
    yield from (match.span(1) for match in _BACKUP.finditer(lower, *region))
    for match in _DISTANT.finditer(lower, *region):
        if _BLOCKER.search(match.group(1)) is None:
            yield match.span(2)
    yield from (match.span(1) for match in _RECEIVED.finditer(lower, *region))
    for match in _WEAK.finditer(lower, *region):
        before = match.group("before") or ""
        explicit = match.group("link").strip() or match.group("mine") or before.strip() == "my"
        if explicit and not _OTHER_SORT.match(before):
            yield match.span(4)
    for match in _REVERSE.finditer(lower, *region):
        if _BLOCKER_BEFORE.search(lower, max(0, match.start() - 16), match.start()):
            continue
        if _JOINS.search(match.group("link")) or not _COMPLAINT.match(lower, match.end()):
            yield match.span(1)
