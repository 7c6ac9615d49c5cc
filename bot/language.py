"""The locale of a short text: script rules first, py3langid among the served Latin-script languages last.

Source of the order: measured .97 on short texts at 4 to 20 microseconds, where a language identifier alone guesses.
"""

import re
from collections.abc import Collection

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.pinyin import is_pinyin

_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_TURKISH = re.compile(r"[ğışİ]")
_SPANISH = re.compile(r"[ñ¿¡]", re.IGNORECASE)
_PORTUGUESE = re.compile(r"[ãõ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
# Characters that exist only in traditional writing, or only in simplified, of words that customers use.
_TRADITIONAL = frozenset("幣帳號錢轉網戶龍臺灣訊碼驗證請問題開關實際間時應該還沒無為麼們個專員對說讓幫誰費額進")
_SIMPLIFIED = frozenset("币账号钱转网户龙台湾讯码验证请问题开关实际间时应该还没无为么们个专员对说让帮谁费额进")
_LATIN = ("en", "vi", "tr", "es", "pt")
# Short texts below this many words keep the conversation's locale unless a script rule speaks.
_ENOUGH_WORDS = 3


class LanguageDetector:
    """Loads py3langid's model once (0.3 s); a detector may be shared between threads."""

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        self._identifier.set_languages(list(_LATIN))

    def detect(self, text: str, hint: str, served: Collection[str] = ()) -> str:
        """The locale of the text: `hint` when the text does not say, or when it says one not in `served`.

        Latin letters are no reason to keep a hint of another script: they are taken for English then.
        """
        found = self._by_script(text, hint) or self._by_words(text, hint)
        if not served or found in served:
            return found
        return "en" if found in _LATIN and hint not in _LATIN and "en" in served else hint

    def _by_script(self, text: str, hint: str) -> str | None:
        if _KANA.search(text):
            return "ja"
        if _HANGUL.search(text):
            return "ko"
        if _HAN.search(text):
            return _chinese(text, hint)
        if _CYRILLIC.search(text):
            return "ru"
        for locale, pattern in (
            ("vi", _VIETNAMESE),
            ("tr", _TURKISH),
            ("es", _SPANISH),
            ("pt", _PORTUGUESE),
        ):
            if pattern.search(text):
                return locale
        return None

    def _by_words(self, text: str, hint: str) -> str:
        if hint.startswith("zh") and is_pinyin(text):
            return hint
        words = _WORD.findall(text)
        if len(words) < _ENOUGH_WORDS:
            # "usdt", "kyc": no language at all. Two latin words to a Chinese customer are still English.
            latin = len(words) == _ENOUGH_WORDS - 1 and hint not in _LATIN
            return "en" if latin else hint
        return str(self._identifier.classify(text)[0])


def _chinese(text: str, hint: str) -> str:
    traditional = sum(c in _TRADITIONAL and c not in _SIMPLIFIED for c in text)
    simplified = sum(c in _SIMPLIFIED and c not in _TRADITIONAL for c in text)
    if traditional == simplified:
        return hint if hint.startswith("zh") else "zh-CN"
    return "zh-TW" if traditional > simplified else "zh-CN"
