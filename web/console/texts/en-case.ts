import type { zhCase } from "./zh-case";

export const enCase: typeof zhCase = {
  title: "The case",
  forms: { withdrawal: "withdrawal", deposit: "deposit", kyc: "verification", order: "order" },
  slots: {
    coin: "Coin", amount: "Amount", network: "Network", txid: "TxID", address: "Address", order_id: "Order ID", time: "Time", email: "E-mail",
    phone: "Phone", uid: "UID", status: "Status", confirmations: "Confirmations", level: "Level", pair: "Pair", side: "Side", filled: "Filled %",
  },
  skipped: "Not known",
  statuses: {
    reviewing: "in review", sent: "sent", rejected: "rejected", not_found: "not found", confirming: "waiting for confirmations",
    credited: "credited", open: "open", filled: "filled",
  },
  outcomes: {
    open: "Not completed", answered: "Looked up; the customer has seen the result", failed: "The look-up did not answer; the customer has no result",
    noted: "No look-up is connected", sign_in: "The customer is not signed in; nothing was looked up", cancelled: "The customer left it",
  },
};
