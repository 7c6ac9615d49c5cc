"""The form in which texts meet the detectors' patterns."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_HAN = r"\u3400-\u9fff"
_LOOSE_GAP = re.compile(rf"(?<=[{_HAN}])[\s._\-*/|~·]+(?=[{_HAN}])")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
# Only characters that the Chinese patterns use: enough to let one set of patterns serve both writings.
TRADITIONAL = str.maketrans(
    "轉機個請幫說話繫聯專員們還對實時這裡裏見電線頭領導換處問題錢幣帳賬帐號戶錯誤發給騙碼詞單誰動應該經鑰遠連讓沒"
    "網絡進驗證釣魚載點開過來異凍結報嗎買賣漲虧價後預測會資議當麼樣為區塊鏈輸講軟體識產攔傳匯餘貼記據盜竊詐監複製"
    "鎖裝設備陸簡訊灣歡謝煩緊趕馬剛現從與於無嘗試種幾誠覺聽讀寫視頻權舊選標籤簽劃額項務團隊長辦圖門間關閉啟錄陣獲"
    "調負責級數斷鍵誇誘豐壞禮繳稅薦損續儲際縱擬許訴訟罰師詩戀愛頂賺勝歷積棄惡壓縮態護戲語彈賴賠償債週隻夠層響鏡閃"
    "顯掛跡滿擋撥徹確購減創偽駭隨樓頁腦億萬筆齡終維總併嚇鬧騷擾髒協縣鄉華曉藝術紅綠黃藍準織紙統繼編練課論訓託詳謊"
    "譯變氣爛絕掃陰陽彎穩憑靈貴賢鬆廢賤適遲鄰鎮離難顧風飛餓齊龍歲傷僅儘優參啞嘆圍執婦寶將屬帶庫廳強徵憂戰擇擔攜敗"
    "曆極橋檔歐殘沖涼淨湊濟熱牆獎環療盡礙競約細組綜緣績罷聰職膚舉艙蘋蝕補覽觸訂診詢誌諒謀豬財貨質費賊贏趨踐車軌較"
    "輕輩轟農遊運達遞郵醫鋪鐘閱階險雙雜雲靜順須願類飲驚鳥麥黨",
    "转机个请帮说话系联专员们还对实时这里里见电线头领导换处问题钱币账账账号户错误发给骗码词单谁动应该经钥远连让没"
    "网络进验证钓鱼载点开过来异冻结报吗买卖涨亏价后预测会资议当么样为区块链输讲软体识产拦传汇余贴记据盗窃诈监复制"
    "锁装设备陆简讯湾欢谢烦紧赶马刚现从与于无尝试种几诚觉听读写视频权旧选标签签划额项务团队长办图门间关闭启录阵获"
    "调负责级数断键夸诱丰坏礼缴税荐损续储际纵拟许诉讼罚师诗恋爱顶赚胜历积弃恶压缩态护戏语弹赖赔偿债周只够层响镜闪"
    "显挂迹满挡拨彻确购减创伪骇随楼页脑亿万笔龄终维总并吓闹骚扰脏协县乡华晓艺术红绿黄蓝准织纸统继编练课论训托详谎"
    "译变气烂绝扫阴阳弯稳凭灵贵贤松废贱适迟邻镇离难顾风飞饿齐龙岁伤仅尽优参哑叹围执妇宝将属带库厅强征忧战择担携败"
    "历极桥档欧残冲凉净凑济热墙奖环疗尽碍竞约细组综缘绩罢聪职肤举舱苹蚀补览触订诊询志谅谋猪财货质费贼赢趋践车轨较"
    "轻辈轰农游运达递邮医铺钟阅阶险双杂云静顺须愿类饮惊鸟麦党",
)


def normal(text: str) -> str:
    """NFKC, lower case, no invisible characters, simplified, no gaps inside Chinese ("转 人 工"), 3+ repeats cut to 2.

    Commas between Chinese clauses stay: they separate what was said from what was asked.
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(TRADITIONAL)
    folded = _INVISIBLE.sub("", folded)
    folded = _LOOSE_GAP.sub("", folded)
    return " ".join(_REPEATED.sub(r"\1\1", folded).split())


# A wish stands at the beginning or the end of a long message.
_HEAD, _TAIL = 400, 200


def excerpt(form: str) -> str:
    """What the detectors read of a text in its normal form: all of it up to 600 characters, else head and tail.

    Patterns look ahead from every place, so a hostile message of 4,000 characters would cost a third of a second.
    """
    return form if len(form) <= _HEAD + _TAIL else f"{form[:_HEAD]}\n{form[-_TAIL:]}"
