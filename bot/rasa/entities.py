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
