r"""Entities that Rasa finds by pattern (its RegexEntityExtractor): type and pattern.

Borders are ASCII look-arounds: Chinese characters are `\w`, so `\b` finds no border in 我的USDT提现. Whether a value
is valid (checksums) and what it normalises to is not Rasa's business.
"""

from collections.abc import Mapping

_COINS = (
    "BTC|ETH|USDT|USDC|BNB|SOL|XRP|TRX|DOGE|LTC|TON|ADA|DOT|AVAX|MATIC|POL|DAI|BUSD|FDUSD|LINK|UNI|SHIB|BCH|ETC|ATOM|XLM"
    "|bitcoin|ethereum|tether|dogecoin|比特币|以太坊|以太币|泰达币|狗狗币|莱特币|瑞波币|波场币"
)
_NETWORKS = (
    "TRC-?20|ERC-?20|BEP-?20|BEP-?2|TRON|BSC|Polygon|Arbitrum(?: One)?|Optimism|Solana|Avalanche(?: C-Chain)?"
    "|Lightning|波场|以太坊主网|币安智能链|闪电网络"
)


def _word(pattern: str) -> str:
    return f"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])"


PATTERNS: Mapping[str, str] = {
    "coin": _word(_COINS),
    "network": _word(_NETWORKS),
    "txid": _word("(?:0x)?[0-9a-fA-F]{64}"),
    "address": _word(
        "0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34}"
    ),
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "amount": r"(?<![A-Za-z0-9.])\d{1,12}(?:[.,]\d{1,18})?(?=\s*(?:BTC|ETH|USDT|USDC|BNB|SOL|XRP|TRX|个))",
}

INFORM = "inform"
"""The intent of a message that only gives details somebody asked for."""
# Rasa uses a pattern only for a type that some example shows.
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "币种是[USDT](coin)",
        "[BTC](coin)",
        "走的[TRC20](network)网络",
        "网络是[ERC20](network)",
        "数量[500](amount)个",
        "[1200](amount) USDT",
        "交易哈希 [0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060](txid)",
        "地址是 [TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC](address)",
        "邮箱 [wang@example.com](email)",
    ),
    "en": (
        "the coin is [USDT](coin)",
        "[BTC](coin)",
        "over the [TRC20](network) network",
        "network [ERC20](network)",
        "the amount was [500](amount) USDT",
        "[1200](amount) USDT",
        "hash [0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060](txid)",
        "the address is [TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC](address)",
        "my mail is [wang@example.com](email)",
    ),
}
