"""What the extractor finds, how it is normalised, and what it must leave alone."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from bot.entities import extract, networks_of

NOW = datetime(2026, 11, 25, 12, 56)
TXID = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
TRON = "TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf"


def found(text: str, locale: str = "") -> list[tuple[str, str, str]]:
    return [(e.type, e.value, e.normalised) for e in extract(text, now=NOW, locale=locale)]


def of(kind: str, text: str, locale: str = "") -> list[str]:
    return [e.normalised for e in extract(text, now=NOW, locale=locale) if e.type == kind]


def test_one_sentence_fills_many_slots() -> None:
    assert found("昨天晚上8点我提了500U到" + TRON + "，走的TRC20，订单号是77120394857") == [
        ("time", "昨天晚上8点", "2026-11-24T20"),
        ("amount", "500", "500"),
        ("coin", "U", "USDT"),
        ("address", TRON, TRON),
        ("network", "TRC20", "TRON"),
        ("order_id", "77120394857", "77120394857"),
    ]


@pytest.mark.parametrize(
    "text", ["１２３４．５ ＵＳＤＴ　到账", "我的 Foo@Bar.com，UID 1234567", "转了五千USDT 3月5号", "🙂🙂 500U"]
)
def test_values_are_exact_substrings(text: str) -> None:
    entities = extract(text, now=NOW)
    assert entities
    assert all(text[e.start : e.end] == e.value for e in entities)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("充值了五千USDT", "5000"),
        ("三百五十个U", "350"),
        ("提1.2k USDT", "1200"),
        ("2万U没到", "20000"),
        ("一万五人民币", "15000"),
        ("两千零五块", "2005"),
        ("半个比特币", "0.5"),
        ("I withdrew 1,234.50 USDT", "1234.5"),
        ("retiré 1.234,50 USDT", "1234.5"),
        ("five hundred dollars", "500"),
        ("1.5 million SHIB", "1500000"),
        ("提现5000还没到", "5000"),
        ("USDT 500", "500"),
        ("treinta y un mil pesos", "31000"),
        ("un millón y medio de pesos", "1500000"),
        ("vinte e um mil reais", "21000"),
        ("двадцать одну тысячу рублей", "21000"),
        ("полтора миллиона рублей", "1500000"),
        ("iki buçuk milyon lira", "2500000"),
        ("hai triệu rưỡi đồng", "2500000"),
        ("6만 5천원 입금", "65000"),
        ("1억5천만원", "150000000"),
        ("1亿5千万", "150000000"),
        ("$250 deposit", "250"),
        ("充了3万5的USDT", "35000"),
        ("6만5천 테더 출금", "65000"),
        ("0.15枚のビットコイン", "0.15"),
        ("nạp 1.500.000đ", "1500000"),
        ("2к юсдт", "2000"),
        ("千二百円", "1200"),
        ("1万500円", "10500"),
        ("ALTI YÜZ USDT", "600"),
        ("5 миллионов рублей", "5000000"),
        ("тысяча пятьсот рублей", "1500"),
        ("một triệu đồng", "1000000"),
        ("ordem 500000 reais", "500000"),
        ("entrada de 2015 MXN", "2015"),
        ("минимальный вывод от 10.5 USDT", "10.5"),
        ("yapılan 150000 TL", "150000"),
        ("đặt lệnh mua 1500000 VND", "1500000"),
        ("два миллиона рублей", "2000000"),
        ("hai nghìn USDT", "2000"),
        ("hai trăm năm mươi USDT", "250"),
        ("ba trăm hai mươi nghìn đồng", "320000"),
        ("üç yüz elli USDC", "350"),
        ("on iki bin lira", "12000"),
        ("quinientos dólares", "500"),
        ("duzentos e cinquenta reais", "250"),
    ],
)
def test_amounts_are_plain_decimals(text: str, amount: str) -> None:
    assert of("amount", text) == [amount]


@pytest.mark.parametrize(
    "text",
    [
        "提交2小时了还没到账",
        "等了三天",
        "BTC涨到65000美元了",
        "ETH price is 3500 USDT",
        "开了10倍杠杆",
        "10x leverage",
        "手续费0.1%",
        "2/6 confirmations",
        "12个确认",
        "错误码 -1021",
        "error 10007",
        "版本 2.3.1",
        "iOS 17.2",
        "限价65000挂单",
        "试了3次",
        "KYC 2级",
        "万一提现失败怎么办",
        "千万别冻结",
        "24/7 support",
        "sent 2 messages",
        "liquidated at 1800",
        "指値980万で出した",
        "6만5천에 20배 롱",
        "5 к одному",
        "on USD pairs",
        "Once USDT is credited",
        "o saldo dos BTC sumiu",
        "borsa yedi USDT mi",
        "несколько тысяч рублей",
        "dos tres mil pesos",
        "yüz doğrulama olmuyor",
        "em rút 3000 trên app",
        "提USDT已经1.5个小时了",
        "USDTの書類2枚",
        "手续费是千二吗",
        "比特币6万8的时候开的多",
        "камера 4к",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert of("amount", text) == []


@pytest.mark.parametrize(("text", "locale"), [("retiré mil dólares", "es"), ("bin lira yatırdım", "tr")])
def test_short_numerals_count_in_their_own_language(text: str, locale: str) -> None:
    assert of("amount", text, locale) == ["1000"]
    assert of("amount", text, "en") == []


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("trc-20", "TRON"),
        ("以太坊网络", "ETHEREUM"),
        ("ETH network", "ETHEREUM"),
        ("BNB Smart Chain", "BSC"),
        ("sent USDT via Solana", "SOLANA"),
        ("Arbitrum One", "ARBITRUM"),
        ("Base链", "BASE"),
        ("AVAX C-Chain", "AVALANCHE-C"),
        ("闪电网络", "LIGHTNING"),
        ("用波场转的USDT", "TRON"),
        ("rút SOL qua mạng Solana", "SOLANA"),
        ("enviei pela Solana", "SOLANA"),
        ("USDC支持Base链", "BASE"),
    ],
)
def test_networks(text: str, network: str) -> None:
    assert of("network", text) == [network]


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("mandé usdc por Polygon y era Ethereum", ["POLYGON", "ETHEREUM"]),
        ("支持Arbitrum、Optimism和Base吗", ["ARBITRUM", "OPTIMISM", "BASE"]),
        ("какая сеть дешевле, Tron или TON?", ["TRON", "TON"]),
        ("트론으로 보내야 되는데 BEP20으로 보냈어요", ["TRON", "BSC"]),
        ("your support is stellar, lightning fast", []),
        ("I got an avalanche of mails about BTC", []),
        ("I have BTC and Base salary", []),
        ("The coin was BTC, network BEP20", ["BSC"]),
        ("不是BTC是USDT，trc20的", ["TRON"]),
        ("which network for USDT, BTC and ETH?", []),
        ("I used the Polygon network", ["POLYGON"]),
        ("draw a polygon", []),
        ("Polygon possible?", ["POLYGON"]),
        ("my Polygon position", ["POLYGON"]),
        ("zkSync erased my USDT", ["ZKSYNC"]),
        ("lightning networks are slow", ["LIGHTNING"]),
        ("USDT via Omni Layer", ["OMNI"]),
        ("a red dot on my wallet", []),
        ("an avalanche of mails about Solana", []),
        ("перевели мне Ethereum в сети BEP20", ["BSC"]),
        ("I deposited on Polygon but that was for Ethereum", ["POLYGON", "ETHEREUM"]),
        ("tx " + TXID + " on Ethereum", ["ETHEREUM"]),
        ("la tx " + TXID + " en Base", ["BASE"]),
        ("Giao dịch " + TXID + " trên Ethereum", ["ETHEREUM"]),
        ("Solana ağından çekim", ["SOLANA"]),
        ("아발란체 C체인으로 32.5 AVAX", ["AVALANCHE-C"]),
        ("公司用的是以太网", []),
        ("invertí en BTC y USDT", []),
        ("all the optimism I have left", []),
        ("an absolute avalanche of spam", []),
        ("the internet BTC runs on, not USDT", []),
        ("hôm qua ETH chưa về, USDT về rồi", []),
    ],
)
def test_networks_beside_others(text: str, networks: list[str]) -> None:
    assert of("network", text) == networks


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("下的单5590012738", ["5590012738"]),
        ("4410286639 這張單", ["4410286639"]),
        ("сделка № 29918374650", ["29918374650"]),
        ("lệnh P2P 4471920385", ["4471920385"]),
        ("9920371846 numaralı emir", ["9920371846"]),
        ("la orden ES-118-40927", ["ES-118-40927"]),
        ("yapılan 150000 TL", []),
        ("satılan 200000 USDT", []),
        ("đặt lệnh mua 1500000 VND", []),
        ("20260311那笔单", []),
        ("昨天的单20260311", []),
        ("5590012738单价太高", []),
        ("13800138000那单", []),
        ("заказ 150000 руб", []),
        ("order 150000 dollars", []),
        ("下的限价单8827164530192", ["8827164530192"]),
        ("Сделка P2P № 2263748102", ["2263748102"]),
        ("liberé la orden P2P ES-5530917", ["ES-5530917"]),
    ],
)
def test_order_ids(text: str, orders: list[str]) -> None:
    assert of("order_id", text) == orders


@pytest.mark.parametrize(
    ("text", "coins"),
    [
        ("以太坊什么时候到账", ["ETH"]),
        ("大饼", ["BTC"]),
        ("my U is gone", []),
        ("我的U没到", ["USDT"]),
        ("U盘坏了", []),
        ("one link near the gas station", []),
        ("withdraw 20 LINK", ["LINK"]),
        ("withdraw sol to phantom", ["SOL"]),
        ("bitcoin and tether", ["BTC", "USDT"]),
        ("20 лайткоинов", ["LTC"]),
        ("в прямом эфире", []),
        ("Видел ваш прямой эфир", []),
        ("シンクロトロンの研究", []),
        ("賣了1,500顆U", ["USDT"]),
        ("차트가 로딩 중이더라고요", []),
        ("イーサネット", []),
        ("обменять рубли в USDT", ["USDT"]),
        ("вывести в Ethereum", ["ETH"]),
        ("электронная почта", []),
        ("is solana withdrawal open?", ["SOL"]),
        ("BİTCOİN gelmedi", ["BTC"]),
        ("bıtcoın yatırdım", ["BTC"]),
        ("битк\u1c82ин", ["BTC"]),
        ("триплет", []),
        ("트레이더와 프로바이더", []),
    ],
)
def test_coins(text: str, coins: list[str]) -> None:
    assert of("coin", text) == coins


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        (TRON, True),
        ("TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBg", False),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", False),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", True),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", False),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", True),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr", False),
        ("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", True),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", True),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", False),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", True),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", True),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi", False),
        ("rDMrkRxpFDQNDDQsRTAXCYVKuFME3ivxAo", True),
        ("EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2", True),
        ("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", True),
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", True),
        ("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6b", False),
        ("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", True),
    ],
)
def test_addresses_are_checked(address: str, valid: bool) -> None:
    entities = extract(f"我提到了{address}没到", now=NOW)
    assert [(e.type, e.value, e.valid) for e in entities] == [("address", address, valid)]
    assert bool(networks_of(address)) or not valid


def test_transaction_ids() -> None:
    assert [(e.type, e.valid) for e in extract(f"txid {TXID} 到账没", now=NOW)] == [("txid", True)]
    assert [(e.type, e.valid) for e in extract(f"hash {TXID[:-1]}", now=NOW)] == [("txid", False)]
    assert found("https://tronscan.org/#/transaction/" + TXID[2:].upper())[0][2] == TXID[2:]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("昨天晚上8点", "2026-11-24T20"),
        ("昨晚8点半", "2026-11-24T20:30"),
        ("凌晨3点", "2026-11-25T03"),
        ("前天下午三点二十", "2026-11-23T15:20"),
        ("3月5号", "2026-03-05"),
        ("12月5号", "2025-12-05"),
        ("2024年3月5日14:22", "2024-03-05T14:22"),
        ("上周三", "2026-11-18"),
        ("上个月", "2026-10"),
        ("2小时前", "2026-11-25T10"),
        ("半小时前", "2026-11-25T12:26"),
        ("三天前", "2026-11-22"),
        ("yesterday evening", "2026-11-24"),
        ("yesterday at 8pm", "2026-11-24T20"),
        ("2 hours ago", "2026-11-25T10"),
        ("half an hour ago", "2026-11-25T12:26"),
        ("1 hour and 30 mins ago", "2026-11-25T11:26"),
        ("1小时30分钟前", "2026-11-25T11:26"),
        ("March 5th", "2026-03-05"),
        ("5 March 2025", "2025-03-05"),
        ("last Friday", "2026-11-20"),
        ("2026-03-05 14:22:10 UTC", "2026-03-05T14:22:10Z"),
        ("last month", "2026-10"),
    ],
)
def test_times_are_cut_to_the_precision_said(text: str, time: str) -> None:
    assert found(text) == [("time", text, time)]


def test_persons() -> None:
    assert of("email", "邮箱Foo.Bar@Gmail.com收不到") == ["foo.bar@gmail.com"]
    assert of("phone", "手机13812345678收不到短信") == ["+8613812345678"]
    assert of("phone", "+1 (415) 555-2671") == ["+14155552671"]
    assert of("phone", "我的手机号 0912345678", "zh-TW") == ["+886912345678"]
    assert of("uid", "UID：12345678") == ["12345678"]
    assert of("uid", "账户61003472被冻结") == ["61003472"]
    assert of("uid", "账户1000000元没了，银行账户61003472") == []
    assert [e.valid for e in extract("mail me at foo@bar", now=NOW)] == [False]


def test_an_empty_text_has_nothing() -> None:
    assert extract("", now=NOW) == ()


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "x",
        "1 ",
        "1,234,",
        "a.b@",
        "昨天",
        "一",
        "0xa",
        "A1b2",
        "five hundred ",
        "5 march ",
        "EQ",
        "order ",
        "Base ",
        "tron ",
        "TON ",
        "LINK ",
        "TON or ",
        "два ",
        "lunes ",
        "hace dos horas ",
    ],
)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    """No pattern may be quadratic: four times the text must not take sixteen times as long."""

    def seconds(characters: int) -> float:
        text = (piece * characters)[:characters]
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            extract(text, now=NOW)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(4_000) < 10 * seconds(1_000)
