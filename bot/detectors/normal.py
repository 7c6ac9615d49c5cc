"""The form in which texts meet the detectors' patterns."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_HAN = r"\u3400-\u9fff"
_LOOSE_GAP = re.compile(rf"(?<=[{_HAN}])[\s._\-*/|~·]+(?=[{_HAN}])")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
# Only characters that the Chinese patterns use: enough to let one set of patterns serve both writings.
TRADITIONAL = str.maketrans(
    "轉機個請幫說話繫聯專員們還對實時這裡裏見電線頭領導換處問題錢幣帳賬帐號戶錯誤發給騙碼詞單誰動應該經鑰遠連讓沒網絡登進驗證"
    "釣魚載點開過來異凍結報嗎買賣漲虧價後預測會資議當麼樣為區塊鏈輸講軟體識產攔傳匯餘貼記據盜竊詐監複製鎖裝設備陸簡訊灣歡謝麻"
    "煩緊趕馬剛現從與於無嘗試種幾誠無覺聽讀寫視頻權舊選標籤簽劃額項務團隊長辦圖門間關閉啟錄陣獲產調負責據級數斷鍵誇誘豐壞禮",
    "转机个请帮说话系联专员们还对实时这里里见电线头领导换处问题钱币账账账号户错误发给骗码词单谁动应该经钥远连让没网络登进验证"
    "钓鱼载点开过来异冻结报吗买卖涨亏价后预测会资议当么样为区块链输讲软体识产拦传汇余贴记据盗窃诈监复制锁装设备陆简讯湾欢谢麻"
    "烦紧赶马刚现从与于无尝试种几诚无觉听读写视频权旧选标签签划额项务团队长办图门间关闭启录阵获产调负责据级数断键夸诱丰坏礼",
)


def normal(text: str) -> str:
    """NFKC, lower case, no invisible characters, simplified, no gaps inside Chinese ("转 人 工"), 3+ repeats cut to 2.

    Commas between Chinese clauses stay: they separate what was said from what was asked.
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(TRADITIONAL)
    folded = _INVISIBLE.sub("", folded)
    folded = _LOOSE_GAP.sub("", folded)
    return " ".join(_REPEATED.sub(r"\1\1", folded).split())
