"""Passwords, PINs and API secrets beside their words.

The word alone is ordinary ("密码错误", "password is wrong"); a value is masked when it is joined to the word and does
not read as a state: it has a digit or a sign, or it ends the clause and is no common word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_WORD = (
    r"(?P<word>密[码碼]|口令|交易密|パスワード|暗証番号|비밀 ?번호|비번|암호(?!화)|парол[ьья]м?|пин-?код"
    r"|(?<![а-я])пин(?=\s?[:=]?\s?\d)|핀(?:번호)?(?=[은는이]?\s?[:=]?\s?\d)|pin番号|mật "
    r"khẩu|mat khau|contraseñas?|contrasena"
    r"|(?<![a-z0-9])(?:passwords?|passwort|passwd|pwd|passphrase|pass[ _-]code|passcode|psw|pass(?=\s?[:=])"
    r"|pw(?=\s?[:=])|pin(?:[ -](?:code|number))?"
    r"|şifrem?|şifresi|sifrem?|parolam?|parolası|clave|senha)(?![a-z]))"
)
_COLON = r"[:=>\-–—]"
_VERB = (
    r"是|为|為|就是|都是|还是|改成了?|改为了?|设成了?|设为|设置[为成]?|填的是?|输入的?是?|输的是?|用的是?"
    r"|叫|は|が|는|은|is|was|are|to|es|era|é|là|это|был|dir"
)
_LINKED = re.compile(
    _WORD + rf"(?P<suffix>[码碼]|号|字段|\"|'|`|\*\*)?(?P<link>\s{{0,2}}(?:{_COLON}{{1,2}}"
    rf"|{_VERB})(?:\s{{0,2}}(?:{_COLON}|{_VERB}))?\s{{0,3}})"
    + r"(?:(?P<quote>[\"'“‘「『`])(?P<quoted>[^\"'”’」』`\n\ue000]{4,64})[\"'”’」』`]"
    r"|(?P<value>[^\s一-鿿぀-ヿ가-힣\ue000，。、；【】「」]{4,64}))"
)
_ADJACENT = re.compile(_WORD + r"[码碼]?[\s\"'`(\[]{0,3}(?P<value>[!-~]{4,64})")
_REVERSE = re.compile(
    r"(?:\s(?:is|was|as) (?:my|the|our) (?:[a-z]{2,12} )?|\s(?:como (?:mi |la |minha |a )?|как (?:мой )?)"
    r"|\s?(?:就)?是(?:我的|我)?(?:登录|登錄|交易|资金|支付|邮箱)?)" + _WORD
)
_CLAUSE_END = re.compile(r"[\s\"'”’」』`)\]]{0,3}(?:$|\n|[,.;!?，。；、]|and\b|but\b|和|但)")
_SENTENCE_END = re.compile(r"[\s\"'”’」』`)\]]{0,3}(?:$|\n|[,.;!?，。；、])")
TRAILING = ".,;:)]}\"'”’」』>"
_ORDINARY = frozenset(
    """
    unique blank set used
    wrong incorrect invalid expired forgotten forgot lost weak required correct right reset changed good
    fine secure same still being always never what this that there here with from have please help hello
    thanks error failed failure change request requests recovery update issue problem problems again
    already also just only very more less strong long short empty null none true false different unknown
    known hidden optional needed mandatory blocked locked unsafe safe public private stolen hacked
    leaked gone exactly unable refused rejected denied saved your yours mine page link email phone field
    manager protected sent okay next case-sensitive compromised about after before when where which
    because login account settings security screen button unchanged impossible necessary important easy
    hard simple complex missing verified confirmed accepted working string hash hashed option incorrecta
    incorrecto errada olvidada fuerte segura errado
    """.split()  # noqa: SIM905 - a list would be a word a line
)
_STATE_ENDING = re.compile(r"(?:ed|ing|able|ible|ly|ten|n't)$")
_RANGE = re.compile(r"^\d{0,2}[\-~+–]{1,2}\d{0,2}\+?$")
_UNIT = re.compile(
    r"\s?(?:位|个|個|次|分|秒|天|小时|字符|年|月|characters?|chars|digits?|letters|symbols|times?|minutes?"
    r"|hours?|days?|文字|桁|자리|자|회|번)"
)
_NOT_A_VALUE = re.compile(r"^(?:https?:|www\.|uid|id\d|2fa(?![0-9a-z])|0x|⟦|\W+$)")

_API_SECRET = re.compile(
    r"(?:api[ _-]?(?:secret|key|密[钥鑰]|token|金鑰)(?:[ _-]?key)?|(?:secret|access)[ _-]?(?:key|token)"
    r"|(?<![a-z])secrets?(?![a-z])|密[钥鑰]|金鑰|api[ -]?(?:секрет|ключ)|секрет"
    r"|シークレット(?:キー)?|apiキー|시크릿 ?키?|api ?키|секретный ключ|(?:chave|clave) secreta|gizli anahtar\w{0,4}"
    r"|khóa bí mật|bearer)"
    r"(?:[\s:=\"'`(\[>\-–—]|key|是|为|為|is|は|が|는|은|es|é|là"
    r"|это){0,10}(?<![a-z0-9])(?P<value>[a-z0-9+/=_\-.]{16,200})"
)


def find_passwords(text: str, lower: str, region: Span) -> Iterator[Span]:
    """Spans of passwords and PINs; `text` is folded, `lower` its lower case of the same length."""
    for match in _LINKED.finditer(lower, *region):
        if match.group("quoted") is not None:
            start, end = match.span("quoted")
            if _is_password(text[start:end], match.group("word"), quoted=True, colon=True, ends=True):
                yield start, end
            continue
        start, end = match.span("value")
        end = start + len(lower[start:end].rstrip(TRAILING))
        link = match.group("link")
        colon = any(sign in link for sign in ":=>")
        clause_end = _CLAUSE_END if colon else _SENTENCE_END
        if _UNIT.match(lower, end) and lower[start:end].isdigit():
            continue
        if not colon and "is" not in link and "was" not in link and lower[start:end].isalpha():
            continue
        if _is_password(
            text[start:end],
            match.group("word"),
            quoted=False,
            colon=colon,
            ends=clause_end.match(lower, end) is not None,
        ):
            yield start, end
    for match in _ADJACENT.finditer(lower, *region):
        start, end = match.span("value")
        value = text[start:end].rstrip(TRAILING)
        end = start + len(value)
        if _RANGE.match(value) or _NOT_A_VALUE.match(value.lower()) or _UNIT.match(lower, end):
            continue
        letters = any(c.isalpha() for c in value)
        digits = sum(c.isdigit() for c in value)
        if (letters and digits and len(value) >= 5 and value[0].isalnum()) or (value.isdigit() and 4 <= digits <= 10):
            yield start, end
    for match in _REVERSE.finditer(lower, *region):
        begin = max(0, match.start() - 64)
        value = re.split(r"[\s一-鿿:：,，。\ue000]", text[begin : match.start()])[-1].strip(TRAILING + "([{<“‘「『")
        if 4 <= len(value) < 64 and any(c.isdigit() for c in value) and not _NOT_A_VALUE.match(value.lower()):
            start = text.rindex(value, begin, match.start())
            yield start, start + len(value)


def _is_password(value: str, word: str, *, quoted: bool, colon: bool, ends: bool) -> bool:
    lower = value.lower()
    if len(value) < 4 or _NOT_A_VALUE.match(lower) or _RANGE.match(value):
        return False
    if word.startswith(("pin", "пин")):
        return value.isdigit() and len(value) <= 12
    if any(c.isdigit() for c in value):
        return True
    if lower in _ORDINARY or not any(c.isalnum() for c in value):
        return False
    if not value.isascii():
        return quoted
    if quoted:
        return " " not in value or value != lower
    if value.isalpha():
        return ends and (colon or not _STATE_ENDING.search(lower))
    # Signs inside (hunter-two, p@ssword): hyphens and apostrophes alone are still prose.
    return bool(re.search(r"[^A-Za-z'’\-./]", value)) or (colon and ends)


def find_api_secrets(text: str, lower: str, region: Span) -> Iterator[Span]:
    """Spans of API keys and secrets: 16 characters or more with letters and digits, or a base32 seed."""
    for match in _API_SECRET.finditer(lower, *region):
        start, end = match.span("value")
        value = text[start:end].rstrip(".=-_") or text[start:end]
        letters = sum(c.isalpha() for c in value)
        digits = sum(c.isdigit() for c in value)
        base32 = len(value) in (16, 24, 26, 32, 52) and value.isupper() and not set(value) & set("0189")
        if (letters and digits and not lower.startswith("0x", start)) or (base32 and letters):
            yield start, end
