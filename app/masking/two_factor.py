"""Set-up keys of authenticators: the whole of an `otpauth:` address, and base32 beside its words.

Who has the key makes every code to come. It is shown as 16 to 64 characters of A-Z and 2-7, often in groups of four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_ADDRESS = re.compile(r"otpauth(?:-migration)?:/{0,2}[!-~]{1,400}")
_WORD = re.compile(
    r"验证器|驗證器|身份验证|谷歌|两步验证|兩步驟|二次验证|绑定|密[钥鑰]|金鑰"
    r"|認証アプリ|認証|セットアップ|二段階|キー|인증|설정 ?키|앱 ?키"
    r"|аутентификатор|ключ"
    r"|двухфактор|xác thực|khóa|doğrulayıcı|kurulum|anahtar|autenticador"
    r"|configuraci[óo]n|configura[çc][ãa]o|clave|chave"
    r"|(?<![a-z])(?:2fa|totp|otp|mfa|authenticator|auth|google|setup|set-up|secret|seed|key|base32|authy)(?![a-z])"
)
_KEY = re.compile(
    r"(?<![0-9A-Za-z/+_\-])(?:[A-Z2-7]{16,64}={0,6}|[a-z2-7]{16,64}|(?:[A-Z2-7]{4}[ \-]){3,15}[A-Z2-7]{4}"
    r"|(?:[a-z2-7]{4}[ \-]){3,15}[a-z2-7]{4})(?![0-9A-Za-z/+_])"
)
_BEFORE, _AFTER = 96, 24


def find_two_factor_keys(text: str, lower: str) -> Iterator[Span]:
    """Spans in folded text; `lower` is its lower case of the same length."""
    yield from (match.span() for match in _ADDRESS.finditer(lower))
    for match in _KEY.finditer(text):
        start, end = match.span()
        value = match.group()
        digits, grouped = any(c.isdigit() for c in value), " " in value or "-" in value
        # Long words of capitals and groups of four small letters are prose; a key of 16 has a digit 19 times in 20.
        if not digits and (grouped or value != value.upper()):
            continue
        beside = _WORD.search(lower, max(0, start - _BEFORE), start) or _WORD.search(lower, end, end + _AFTER)
        if beside is not None:
            yield start, end
