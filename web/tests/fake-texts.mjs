// What the fake desk says.
const categories = (labels) =>
  labels.map(([id, label]) => ({ kind: "category", label, id, url: null }));

export const GREETING = {
  zh: {
    text: "您好，我是小蜜，一个程序。告诉我遇到了什么，或者先选一个类型。",
    hours: "人工客服今天 09:00-23:00 (Asia/Shanghai)",
    wait: "现在转人工约等 2 分钟，十次有九次不超过 5 分钟",
    categories: categories([
      ["deposit", "充值"], ["withdraw", "提币"], ["login", "登录与密码"], ["kyc", "身份认证"], ["fiat", "法币与 C2C"], ["security", "账户安全"],
    ]),
    hot: [{ kind: "entry", label: "提币一直显示审核中怎么办？", id: "withdraw.pending", url: null }],
  },
  en: {
    text: "Hello, I am Honey, a program. Tell me what happened, or choose a topic first.",
    hours: "People are here today 09:00-23:00 (Asia/Shanghai)",
    wait: "A person answers in about 2 minutes now, in nine of ten cases within 5",
    categories: categories([
      ["deposit", "Deposits"], ["withdraw", "Withdrawals"], ["login", "Sign-in and password"], ["kyc", "Identity verification"],
      ["fiat", "Fiat and C2C"], ["security", "Account security"],
    ]),
    hot: [],
  },
};

export const CHECKLIST = {
  zh: "1. 立即**修改登录密码**，并退出其他设备。\n2. 冻结提币：**安全中心 → 紧急冻结**。\n3. 不要把验证码、助记词给任何人，包括自称客服的人。",
  en: "1. **Change your password** now and sign out other devices.\n2. Freeze withdrawals: **Security centre → Emergency freeze**.\n3. Give codes and seed phrases to nobody, not even to \"support\".",
};

const handoff = { kind: "handoff", label: "" };

export const ANSWERS = [
  {
    id: "withdraw.pending", category: "withdraw", match: /提币.*审核|withdrawal.*review/, question: "提币一直显示审核中怎么办？",
    answer:
      "先在 **资产 → 提币记录** 看状态：\n\n- **审核中**：系统在做安全检查，多数在 **30 分钟**内完成，需要人工复核时最长 **24 小时**。\n- **处理中**：已通过审核，正在排队上链，还没有 TxID。\n- **待补充资料**：请按站内信提示提交，否则审核会停住。\n\n期间请不要重复提交。可看 [状态页](https://status.example.com)，用 `TxID` 在浏览器里查。",
    buttons: [{ kind: "entry", label: "提币申请后还能取消吗？", id: "withdraw.cancel" }, handoff],
    related: [{ kind: "entry", label: "提币到账要多久？", id: "withdraw.time" }],
  },
  {
    id: "withdraw.not-arrived", category: "withdraw", match: /没到账|not arrived/, question: "提币显示已完成但没有到账？",
    answer: "**已完成**表示交易已经发到链上。请复制 TxID，在区块浏览器里看确认数。", buttons: [handoff], related: [],
  },
  {
    id: "deposit.not-arrived", category: "deposit", match: /没到账|deposit/, question: "充值没有到账怎么办？",
    answer: "1. 看链上确认数是否够。\n2. 核对**网络**和 Memo/Tag。\n3. 仍未到账，请准备好 TxID 转人工。", buttons: [handoff], related: [],
  },
  {
    id: "withdrawals.review", category: "en-only", match: /how long.*withdraw/i, question: "How long does a withdrawal take?",
    answer:
      "Most withdrawals leave within **30 minutes**; a manual review takes up to **24 hours**.\n\n- **Under review**: security checks.\n- **Processing**: approved, no TxID yet.\n\nSee the [status page](https://status.example.com).",
    buttons: [{ kind: "link", label: "Withdrawal history", url: "https://www.example.com/withdrawals" }, handoff], related: [],
  },
];
