"""Where in a text a secret may stand beside a word: a cheap first look, so that most texts meet no detector.

`suspicious` is asked of every message; the regular expressions here are chosen for speed (alternatives that begin with
literals, sets of whole words). They know the beginning of everything the detectors know, which the labelled
examples of every language check.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from app.masking.folding import INVISIBLE
from app.masking.identity import SHAPES
from app.masking.nearby import PASSWORD_WORD, SIX
from app.masking.phrases import WORD, may_hold_phrase

Span = tuple[int, int]

_LATIN = frozenset(
    """
    code codes código códigos codigo kod kodu kodum kodumu kodunu mã xac otp totp mfa fa passcode pin
    pins auth authenticator password passwords passwort passwd pwd psw passphrase pass pw şifre şifrem
    şifresi şifremi sifre sifrem parola parolam parolası clave contraseña contraseñas contrasena senha
    khẩu khau key keys secret secrets secretkey apikey apisecret privatekey privkey priv pk wif token
    apitoken accesstoken accesskey bearer riêng khóa khoá anahtar anahtarı llave chave privada secreta
    private cvv cvc cvn otpauth secreto setup ssn social dni nif nie cpf curp cccd cmnd cmt kimlik tckn tc
    passport identity autenticador back gelen
    """.split()  # noqa: SIM905 - a list would be a word a line
)
_OTHER = re.compile(
    "码|碼|密|口令|动态|動態|钥|鑰|验证|驗證|助记|助記|种子|種子|恢复短|恢復短|记忆词|单词|單詞|パスワード|暗証"
    "|コード|認証|ワンタイム|二段階|秘密鍵|プライベート"
    "|シークレット|シード|キー|ニーモニック|リカバリー|인증|비밀|비번|암호|코드|개인|시크릿|시드|프라이|키|핀"
    "|код|парол|пин|ключ|сид|мнем|одноразов"
    "|身份|身分|证件|證件|護照|护照|居留|マイナンバ|個人番号|セキュリティ"
    "|주민|외국인|инн|снилс|паспорт|căn cước|chứng minh"
    "|安全|背面|后三|後三|末三|обороте|短信|簡訊|收到|傳來|секрет|문자|届いた|свв|цвв"
)
# Thirteen digits as on a card, or a row of small numbers as in a key file.
_NUMBERS = re.compile(
    r"[0-9](?:(?:[ \-\u3000\u2010-\u2015\uff0d]{0,2}[0-9]){12}|[0-9]{0,2}(?:\s{0,4},\s{0,4}[0-9]{1,3}){40})"
)
_LONG_TOKEN = re.compile(r"[0-9a-z][0-9a-z_\-]{39}|eyj[0-9a-z_\-]{8}")
# What every shape of an identity number has in it.
_DIGITS = re.compile(r"[0-9]{3}(?:[0-9]{3}|\.[0-9]{3}|-[0-9][0-9]-)")
_DIGIT = re.compile(r"[0-9]")
_LONG_WORD = re.compile(r"\S{40}|eyJ\S{8}")
# Every byte that is no ASCII letter to a space, letters to lower case: splitting it gives the tokens of `WORD`.
_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isalpha() and code < 128 else 32 for code in range(256))
# Whatever folding changes and a detector could miss: full-width letters and digits, compatibility forms, invisible
# and combining characters. Full-width punctuation is ordinary and not among them.
_NEEDS_FOLDING = re.compile(
    "[^\x00-\x7f\u00a1-\u00a7\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b6\u00b7\u00bb\u00bf-\u0131\u0141-\u0148\u014a-\u017f\u0400-\u0482"
    "\u048a-\u052f\u1ea0-\u1ef9\u2010\u2012-\u2016\u2018-\u2022\u2030\u20a0-\u20bf\u2190-\u21ff\u2600-\u27bf\u27e6\u27e7\u3000-\u3020"
    "\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff0f\uff1a-\uff20\U0001f300-\U0001faff]"
)

_BEFORE = 72
_AFTER = 110
_LONGEST_VALUE = 200
_LONGEST_REGION = 600


def _shaped(lower: str) -> bool:
    """Whether something in it has the shape of an identity number; most texts do not even have the digits for one."""
    return (_DIGITS.search(lower) is not None or "t.c." in lower) and SHAPES.search(lower) is not None


def _worded(lower: str) -> bool:
    """Whether it may hold a code, or a password behind a misspelt word; both have digits."""
    return _DIGIT.search(lower) is not None and (
        SIX.search(lower) is not None or PASSWORD_WORD.search(lower) is not None
    )


def suspicious(text: str) -> bool:
    """Whether a text may hold a secret. May be wrong in that direction only."""
    if text.isascii():
        words = text.encode().translate(_LETTERS).decode().split()
        if not _LATIN.isdisjoint(words) or _NUMBERS.search(text) or _shaped(text.lower()) or _worded(text.lower()):
            return True
        return (
            may_hold_phrase(words)
            or _LONG_WORD.search(text) is not None
            or PASSWORD_WORD.search(text.lower()) is not None
        )
    if _NEEDS_FOLDING.search(text):
        text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    lower = text.lower()
    if _OTHER.search(lower) or _NUMBERS.search(lower) or _LONG_TOKEN.search(lower) or _shaped(lower) or _worded(lower):
        return True
    words = WORD.findall(lower)
    return not _LATIN.isdisjoint(words) or may_hold_phrase(words)


def regions(lower: str, tokens: list[re.Match[str]]) -> Iterator[Span]:
    """Stretches around the words that go with secrets, in order, wide enough for word, link and value."""
    hits = [match.span() for match in tokens if match.group() in _LATIN]
    hits += [match.span() for match in _OTHER.finditer(lower)]
    hits += [match.span() for match in PASSWORD_WORD.finditer(lower)]
    hits.sort()
    begin = finish = -1
    for start, end in hits:
        if begin < 0:
            begin, finish = max(0, start - _BEFORE), end + _AFTER
        elif start - _BEFORE <= finish and finish - begin < _LONGEST_REGION:
            finish = end + _AFTER
        else:
            stop = _value_end(lower, finish)
            yield begin, stop
            begin, finish = max(0, start - _BEFORE), end + _AFTER
    if begin >= 0:
        yield begin, _value_end(lower, finish)


_SPACE = re.compile(r"\s")


def _value_end(lower: str, position: int) -> int:
    """The end of the value that `position` may be in the middle of: no detector may see half of one."""
    if position >= len(lower):
        return len(lower)
    limit = min(len(lower), position + _LONGEST_VALUE)
    space = _SPACE.search(lower, position, limit)
    return space.start() if space else limit
