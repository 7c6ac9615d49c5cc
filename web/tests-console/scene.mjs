// A morning at the desk: what the fake server says. Times are relative to `now`, in seconds.
export const me = {
  id: "agent-lin",
  name: "林小雨",
  roles: ["agent"],
  skills: ["general", "account"],
  languages: ["zh-CN", "en"],
  capacity: 5,
  load: 3,
  ready: true,
};

const agent = { kind: "agent", id: me.id, name: me.name };
const customer = (id, name, over = {}) => ({ id: `user:${id}`, name, verified: true, tier: "", locale: "zh-CN", channel: "app", earlier: [], ...over });

export const people = {
  wang: customer("82***19", "王**", { tier: "vip", earlier: ["c-wang-0", "c-wang-00"] }),
  chen: customer("17***03", "陈**"),
  smith: customer("54***77", "J***", { locale: "en", channel: "web" }),
  zhao: customer("93***55", "赵**"),
  visitor: customer("visitor-7***2", "访客 7**2", { verified: false, tier: "visitor", channel: "web" }),
  li: customer("31***68", "李**", { tier: "vip" }),
  garcia: customer("66***12", "M***", { locale: "en", channel: "web" }),
};

export function cards(now) {
  const card = (conversation, who, over) => ({
    conversation,
    seq: 5,
    state: "queued",
    customer: people[who],
    agent: null,
    offered_to: null,
    until: null,
    reason: "asked",
    skill: "general",
    language: "zh-CN",
    lane: 1,
    since: now - 60,
    promise: now + 540,
    away: false,
    alarm: null,
    last: "",
    last_at: now - 20,
    misses: 0,
    ...over,
  });
  return [
    card("c-wang", "wang", { state: "with_agent", agent, reason: "unsure", skill: "deposit", since: now - 640, last: "已经两个小时了还没到账", seq: 13 }),
    card("c-smith", "smith", { state: "with_agent", agent, reason: "asked", since: now - 400, last: "Any news?", language: "en", seq: 6 }),
    card("c-chen", "chen", { state: "with_agent", agent, reason: "sensitive", skill: "account", since: now - 200, away: true, seq: 6 }),
    card("c-li", "li", { state: "offered", offered_to: me.id, until: now + 22, reason: "anger", skill: "withdrawal", since: now - 95, last: "提现审核到底要多久？昨天就说两小时，现在还没动静，我要投诉。" }),
    card("c-zhao", "zhao", { reason: "emergency", lane: 0, alarm: "account_taken", since: now - 43, last: "我的账户被盗了，有人正在转走我的币！", skill: "security" }),
    card("c-visitor", "visitor", { reason: "feedback", since: now - 130, last: "注册收不到验证码怎么办" }),
    card("c-garcia", "garcia", { reason: "unsure", since: now - 512, promise: now + 20, last: "Why is my futures position liquidated at that price?", skill: "futures", language: "en" }),
  ];
}

export function tickets(now) {
  const ticket = (id, who, over) => ({ id, short: id.slice(-6).toUpperCase(), conversation: `c-${who}-t`, customer: people[who], status: "open", reason: "off_hours", skill: "general", opened: now - 40000, promised: now + 3600, overdue: false, text: "", ...over });
  return [
    ticket("tk-9f2k7q", "garcia", { promised: now - 1500, overdue: true, text: "My card payment was declined twice but the money is gone." }),
    ticket("tk-1b8d3m", "visitor", { promised: now + 1400, text: "注册时提示地区不支持，但我人在支持的地区。" }),
    ticket("tk-5h6j2p", "chen", { promised: now + 9200, reason: "asked", text: "" }),
    ticket("tk-0a4c8e", "li", { status: "answered", promised: now - 7200, text: "赚币收益什么时候发放？" }),
  ];
}

export const colleagues = [
  { id: "agent-zhou", name: "周一鸣", ready: true, connected: true, load: 2, capacity: 5, skills: ["futures"] },
  { id: "agent-emma", name: "Emma", ready: false, connected: true, load: 1, capacity: 4, skills: ["general"] },
  { id: "agent-he", name: "何静", ready: false, connected: false, load: 0, capacity: 4, skills: ["security"] },
];

export const canned = [
  { id: "hello", title: "问候", text: "{{customer}} 您好，我是 {{exchange_name}} 的客服 {{agent}}，我已看完前面的记录，您不用再说一遍。", locale: "zh-CN" },
  { id: "deposit", title: "充值核对", text: "请把交易哈希（TxID）和充值网络发给我，我来核对链上的确认数。", locale: "zh-CN" },
  { id: "time", title: "处理时间", text: "这一步一般需要 {{review_hours}} 小时，我会在这里告诉您进展。", locale: "zh-CN" },
  { id: "safe", title: "安全提醒", text: "我们永远不会索要您的密码、验证码或助记词。", locale: "zh-CN" },
  { id: "hello-en", title: "Greeting", text: "Hi {{customer}}, this is {{agent}} from {{exchange_name}}. I have read everything above.", locale: "en" },
];

const row = (conversation, seq, at, kind, by, body) => ({ type: "event", conversation, seq, at, segment: 1, kind, author: by, body, id: null });
const BOT = { kind: "bot", id: null, name: null };
const CUSTOMER = { kind: "customer", id: "u", name: null };
const SYSTEM = { kind: "system", id: null, name: null };
const toQueue = (skill, now) => ({ skill, language: "zh-CN", order: now, promise: now + 600, lane: 1, wanted: null, connected: true, nobody: false });

export function rows(id, now) {
  const make = (list) => list.map(([ago, kind, by, body], i) => row(id, i + 1, now - ago, kind, by, body));
  const opened = (ago, locale = "zh-CN") => [ago, "opened", CUSTOMER, { customer: "u", topic: "support", locale, verified: true, tier: "", name: "", previous: null, channel: "app" }];
  switch (id) {
    case "c-wang":
      return make([
        opened(90000),
        [89990, "customer_wrote", CUSTOMER, { text: "充值多久到账", entry: null, category: null, masked: [], locale: "zh-CN" }],
        [89989, "bot_answered", BOT, { turn: 1, text: "到账时间取决于网络确认数：\n\n1. **BTC** 约 2 个确认\n2. **ETH** 约 12 个确认\n3. **TRC20** 约 19 个确认\n\n确认数够了却没到账，请查看 [充值记录](https://www.example.com/deposits)。", kind: "entry", entry: "deposit.arrival-time", version: "v20261121a", confidence: 0.93, buttons: [{ kind: "entry", label: "充值未到账" }, { kind: "handoff", label: "转人工" }], related: [], locale: "zh-CN" }],
        [89900, "voted", CUSTOMER, { about: 3, helpful: true }],
        [760, "customer_wrote", CUSTOMER, { text: "我昨天充的 USDT 走的 TRC20，现在还没有", entry: null, category: null, masked: [], locale: "zh-CN" }],
        [759, "bot_clarified", BOT, { turn: 2, text: "您想问的是哪一个？", choices: [{ kind: "entry", label: "充值未到账" }, { kind: "entry", label: "充错网络" }, { kind: "entry", label: "充值被暂停" }], confidence: 0.61, version: "v20261121a" }],
        [650, "customer_wrote", CUSTOMER, { text: "助记词 ⟦masked:seed_phrase⟧ 你帮我查一下", entry: null, category: null, masked: ["seed_phrase"], locale: "zh-CN" }],
        [649, "secret_masked", SYSTEM, { about: 7, kinds: ["seed_phrase"] }],
        [645, "bot_gave_up", BOT, { turn: 3, reason: "unsure", route: toQueue("deposit", now), confidence: 0.31, version: "v20261121a" }],
        [560, "accepted", agent, { agent: me.id, name: me.name }],
        [540, "agent_wrote", agent, { agent: me.id, text: "王先生您好，我是客服林小雨，前面的记录我看过了，您不用再说一遍。\n请不要再发助记词，任何人都不该知道它。请把交易哈希（TxID）发给我。", masked: [] }],
        [500, "noted", agent, { agent: me.id, text: "已提醒更换钱包。等 TxID，查 TRC20 确认数。", masked: [] }],
        [70, "customer_wrote", CUSTOMER, { text: "7f3a…c91e 这个，已经两个小时了还没到账", entry: null, category: null, masked: [], locale: "zh-CN" }],
      ]);
    case "c-smith":
      return make([
        opened(500, "en"),
        [490, "customer_wrote", CUSTOMER, { text: "I need a human please", entry: null, category: null, masked: [], locale: "en" }],
        [489, "handoff_asked", CUSTOMER, { by: "words", route: toQueue("general", now) }],
        [380, "accepted", agent, { agent: me.id, name: me.name }],
        [370, "agent_wrote", agent, { agent: me.id, text: "Hi, I am Lin. I am checking your withdrawal now.", masked: [] }],
        [185, "customer_wrote", CUSTOMER, { text: "Any news?", entry: null, category: null, masked: [], locale: "en" }],
      ]);
    case "c-chen":
      return make([
        opened(300),
        [290, "customer_wrote", CUSTOMER, { text: "KYC 一直审核不通过", entry: null, category: null, masked: [], locale: "zh-CN" }],
        [289, "bot_gave_up", BOT, { turn: 1, reason: "sensitive", route: toQueue("account", now), confidence: 0.7, version: "v20261121a" }],
        [180, "pulled", agent, { agent: me.id, name: me.name }],
        [170, "agent_wrote", agent, { agent: me.id, text: "您好，照片反光是最常见的原因，请在自然光下重拍一张。", masked: [] }],
        [100, "customer_away", SYSTEM, {}],
      ]);
    case "c-zhao":
      return make([
        opened(60),
        [44, "customer_wrote", CUSTOMER, { text: "我的账户被盗了，有人正在转走我的币！", entry: null, category: null, masked: [], locale: "zh-CN" }],
        [43, "emergency_raised", SYSTEM, { kind: "account_taken", route: { ...toQueue("security", now), lane: 0 }, checklist: "1. 立即在「安全中心」**冻结账户**\n2. 修改邮箱密码并退出所有设备\n3. 不要再点任何人发来的链接" }],
      ]);
    default:
      return make([opened(600), [590, "customer_wrote", CUSTOMER, { text: cards(now).find((c) => c.conversation === id)?.last || tickets(now).find((t) => t.conversation === id)?.text || "你好", entry: null, category: null, masked: [], locale: "zh-CN" }]]);
  }
}
