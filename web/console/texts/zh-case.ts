/** The card of a customer's own case. */
export const zhCase = {
  title: "客户的情况",
  forms: { withdrawal: "提币", deposit: "充值", kyc: "身份认证", order: "订单" } as Record<string, string>,
  slots: {
    coin: "币种", amount: "数量", network: "网络", txid: "交易哈希", address: "地址", order_id: "订单号", time: "时间", email: "邮箱",
    phone: "手机号", uid: "UID", status: "状态", confirmations: "确认数", level: "等级", pair: "交易对", side: "方向", filled: "已成交 %",
  } as Record<string, string>,
  skipped: "客户没有",
  statuses: {
    reviewing: "审核中", sent: "已发出", rejected: "未通过", not_found: "没有找到", confirming: "等待确认", credited: "已入账", open: "挂单中",
    filled: "已成交",
  } as Record<string, string>,
  outcomes: {
    open: "没有填完", answered: "已查询，客户已看到结果", failed: "查询系统没有回应，客户没有得到结果", noted: "没有接入查询系统",
    sign_in: "客户未登录，没有查询", cancelled: "客户不查了",
  },
};
