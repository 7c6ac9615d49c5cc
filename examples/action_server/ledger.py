"""A small sample of an exchange's books: withdrawals, deposits, verifications and orders in SQLite.

Standard library only. Whoever asks for the first time gets an account with sample rows; every query names the customer,
so nobody ever sees another's rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS withdrawals (customer TEXT, order_id TEXT, coin TEXT, amount TEXT, network TEXT, status TEXT,
    txid TEXT, PRIMARY KEY (customer, order_id));
CREATE TABLE IF NOT EXISTS deposits (customer TEXT, txid TEXT, coin TEXT, amount TEXT, network TEXT, status TEXT,
    confirmations INTEGER, needed INTEGER, PRIMARY KEY (customer, txid));
CREATE TABLE IF NOT EXISTS verifications (customer TEXT PRIMARY KEY, level INTEGER, status TEXT);
CREATE TABLE IF NOT EXISTS orders (customer TEXT, order_id TEXT, pair TEXT, side TEXT, filled INTEGER, status TEXT,
    PRIMARY KEY (customer, order_id));
"""
SENT = "5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
WITHDRAWALS = (
    ("77120394857", "USDT", "500", "TRON", "reviewing", None),
    ("77120394858", "BTC", "0.05", "BITCOIN", "sent", SENT),
    ("77120394859", "ETH", "1.2", "ETHEREUM", "rejected", None),
)
DEPOSITS = (
    (
        "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
        "ETH",
        "0.8",
        "ETHEREUM",
        "confirming",
        5,
        12,
    ),
    ("d3b1f6e2c4a59788796a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e", "USDT", "1000", "TRON", "credited", 20, 20),
)
ORDERS = (("88010023411", "BTC/USDT", "buy", 40, "open"), ("88010023412", "ETH/USDT", "sell", 100, "filled"))


class Found(NamedTuple):
    """A sentence for the customer, and facts for the agent."""

    text: str
    facts: dict[str, str]


class Ledger:
    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as base, base:
            base.executescript(SCHEMA)

    def _open(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=5)
        base.row_factory = sqlite3.Row
        return base

    def _rows(self, customer: str, query: str) -> list[sqlite3.Row]:
        with closing(self._open()) as base, base:
            for row in WITHDRAWALS:
                base.execute("INSERT OR IGNORE INTO withdrawals VALUES (?, ?, ?, ?, ?, ?, ?)", (customer, *row))
            for deposit in DEPOSITS:
                base.execute("INSERT OR IGNORE INTO deposits VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (customer, *deposit))
            for order in ORDERS:
                base.execute("INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?)", (customer, *order))
            base.execute("INSERT OR IGNORE INTO verifications VALUES (?, 2, 'reviewing')", (customer,))
            return base.execute(query, (customer,)).fetchall()

    # --- one method per action: slots in, what was found out -----------------------------------------------------

    def withdrawal(self, customer: str, slots: Mapping[str, Any], locale: str) -> Found:
        rows = self._rows(customer, "SELECT * FROM withdrawals WHERE customer = ? ORDER BY order_id")
        row = _pick(rows, slots, ("order_id", "txid"), ("coin", "amount", "network"))
        if row is None:
            return _missing(locale, "withdrawal", slots)
        text = said(locale, f"withdrawal_{row['status']}", row)
        return Found(
            text, {k: str(row[k]) for k in ("status", "order_id", "coin", "amount", "network", "txid") if row[k]}
        )

    def deposit(self, customer: str, slots: Mapping[str, Any], locale: str) -> Found:
        rows = self._rows(customer, "SELECT * FROM deposits WHERE customer = ? ORDER BY txid")
        row = _pick(rows, slots, ("txid",), ("coin", "amount", "network"))
        if row is None:
            return _missing(locale, "deposit", slots)
        text = said(locale, f"deposit_{row['status']}", row)
        return Found(text, {k: str(row[k]) for k in ("status", "coin", "amount", "network", "confirmations", "txid")})

    def kyc(self, customer: str, slots: Mapping[str, Any], locale: str) -> Found:
        row = self._rows(customer, "SELECT * FROM verifications WHERE customer = ?")[0]
        return Found(said(locale, f"kyc_{row['status']}", row), {"status": row["status"], "level": str(row["level"])})

    def order(self, customer: str, slots: Mapping[str, Any], locale: str) -> Found:
        rows = self._rows(customer, "SELECT * FROM orders WHERE customer = ? ORDER BY order_id")
        row = _pick(rows, slots, ("order_id",), ())
        if row is None:
            return _missing(locale, "order", slots)
        text = said(locale, f"order_{row['status']}", row)
        return Found(text, {k: str(row[k]) for k in ("status", "order_id", "pair", "side", "filled")})


def _pick(
    rows: list[sqlite3.Row], slots: Mapping[str, Any], keys: tuple[str, ...], likeness: tuple[str, ...]
) -> sqlite3.Row | None:
    """By its number if one was told; else the one row that fits all the rest."""
    for key in keys:
        if slots.get(key):
            return next((row for row in rows if str(row[key] or "").lower() == str(slots[key]).lower()), None)
    told = [key for key in likeness if slots.get(key)]
    fitting = [row for row in rows if all(str(row[key]) == str(slots[key]) for key in told)]
    return fitting[0] if told and len(fitting) == 1 else None


def _missing(locale: str, what: str, slots: Mapping[str, Any]) -> Found:
    number = slots.get("order_id") or slots.get("txid")
    return Found(said(locale, f"{what}_missing", {"number": number} if number else {}), {"status": "not_found"})


def said(locale: str, name: str, values: Any) -> str:
    zh, en = TEXTS[name]
    found = dict(values)
    template = zh if locale.startswith("zh") else en
    number = found.get("number")
    found["number"] = f" {number} " if number and template is zh else f" {number}" if number else ""
    return template.format(**found)


TEXTS: dict[str, tuple[str, str]] = {
    "withdrawal_reviewing": (
        "查到了：提币订单 {order_id}（{amount} {coin}，{network} 网络）正在安全审核，还没有发到链上。"
        "审核完成后会自动发出，不需要重新提交，这期间币没有离开您的账户。",
        "Found it: withdrawal {order_id} ({amount} {coin} on {network}) is in security review and has not"
        " been sent to the"
        " chain yet. It goes out by itself when the review is done; you need not submit it again, and the"
        " coins have not"
        " left your account.",
    ),
    "withdrawal_sent": (
        "查到了：提币订单 {order_id}（{amount} {coin}，{network} 网络）已经发到链上。\n\n交易哈希：`{txid}`\n\n"
        "如果接收方还没显示，请把这个哈希发给接收方核对。",
        "Found it: withdrawal {order_id} ({amount} {coin} on {network}) has been sent.\n\nTransaction:"
        " `{txid}`\n\nIf the"
        " receiver does not show it yet, please give them this hash.",
    ),
    "withdrawal_rejected": (
        "查到了：提币订单 {order_id}（{amount} {coin}）没有通过审核，币已经退回您的账户。原因要由人工客服为您说明。",
        "Found it: withdrawal {order_id} ({amount} {coin}) did not pass the review, and the coins are back in"
        " your account."
        " A person can tell you the reason.",
    ),
    "withdrawal_missing": (
        "我没有在您的账户里找到提币记录{number}。请核对一下是不是这个账户提的；也可以让人工客服帮您查。",
        "I found no withdrawal{number} in your account. Please check that it was made from this account, or"
        " let a person"
        " look into it.",
    ),
    "deposit_confirming": (
        "查到了：这笔 {amount} {coin}（{network} 网络）的充值正在等待区块确认，目前 {confirmations}/{needed}。"
        "确认够了会自动入账。",
        "Found it: the deposit of {amount} {coin} on {network} is waiting for confirmations, {confirmations}"
        " of {needed} so"
        " far. It is credited by itself when there are enough.",
    ),
    "deposit_credited": (
        "查到了：这笔 {amount} {coin}（{network} 网络）的充值已经入账，请在“资产 → 现货账户”里查看。",
        "Found it: the deposit of {amount} {coin} on {network} has been credited. See Assets → Spot account.",
    ),
    "deposit_missing": (
        "我们还没有收到充值{number}。可能还在链上确认，也可能走错了网络或少填了标签；人工客服可以接着查。",
        "We have not received the deposit{number}. It may still be on its way, or the network or the tag was"
        " wrong; a person"
        " can look further.",
    ),
    "kyc_reviewing": (
        "查到了：您的 {level} 级身份认证正在审核，资料已经收到，暂时不需要再提交。",
        "Found it: your level {level} verification is in review. We have your documents; there is nothing"
        " more to send now.",
    ),
    "order_open": (
        "查到了：订单 {order_id}（{pair}）还在挂单，已成交 {filled}%。价格没有到达限价时不会成交，您可以随时撤单。",
        "Found it: order {order_id} ({pair}) is still open, {filled}% filled. A limit order fills only at its"
        " price; you can"
        " cancel it at any time.",
    ),
    "order_filled": (
        "查到了：订单 {order_id}（{pair}）已经全部成交。",
        "Found it: order {order_id} ({pair}) has been filled completely.",
    ),
    "order_missing": (
        "我没有在您的账户里找到订单{number}。请核对订单号；也可以让人工客服帮您查。",
        "I found no order{number} in your account. Please check the number, or let a person look into it.",
    ),
}
