"""The form in which texts meet the detectors' patterns."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_HAN = r"\u3400-\u9fff"
_LOOSE_GAP = re.compile(rf"(?<=[{_HAN}])[\s._\-*/|~·]+(?=[{_HAN}])")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
# Only characters that the Chinese patterns use: enough to let one set of patterns serve both writings.
_TRADITIONAL = str.maketrans(
    "轉機個請幫說話繫聯專員們還對實時這裡見電線頭領導換處問題錢幣帳號賬戶錯誤發給騙碼詞單誰動應該經"
    "鑰遠連讓沒網絡登進驗證釣魚載點開過來異常凍結結報舉警嗎買賣漲虧價後預測會資議應當麼樣為陌區塊鏈輸",
    "转机个请帮说话系联专员们还对实时这里见电线头领导换处问题钱币帐号账户错误发给骗码词单谁动应该经"
    "钥远连让没网络登进验证钓鱼载点开过来异常冻结结报举警吗买卖涨亏价后预测会资议应当么样为陌区块链输",
)


def normal(text: str) -> str:
    """NFKC, lower case, no invisible characters, simplified, no gaps inside Chinese ("转 人 工"), 3+ repeats cut to 2.

    Commas between Chinese clauses stay: they separate what was said from what was asked.
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(_TRADITIONAL)
    folded = _INVISIBLE.sub("", folded)
    folded = _LOOSE_GAP.sub("", folded)
    return " ".join(_REPEATED.sub(r"\1\1", folded).split())
