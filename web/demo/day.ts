export type Language = "zh" | "en";
type Both = Record<Language, string>;

interface Step {
  name: Both;
  /** What the customer says. */
  say: Both;
  /** What to look at. */
  see: Both;
  /** The network is cut for so many milliseconds before he speaks. */
  cut?: number;
}

/** The first test vector of BIP-39: everybody's seed phrase and nobody's. */
const SEED = `${"abandon ".repeat(11)}about`;

export const DAY: Step[] = [
  {
    name: { zh: "提问", en: "A question" },
    say: { zh: "提币一直显示审核中怎么办？", en: "How do I deposit crypto?" },
    see: { zh: "小蜜直接回答，附按钮和评价；控制台里能看到把握和知识版本。", en: "The bot answers with buttons and votes; the console shows how sure it was and which version answered." },
  },
  {
    name: { zh: "有歧义", en: "Ambiguous" },
    say: { zh: "手续费", en: "Fees" },
    see: { zh: "交易、提币还是等级？小蜜给出选项，而不是猜。", en: "Trading, withdrawing or tiers? The bot offers a choice instead of guessing." },
  },
  {
    name: { zh: "听不懂", en: "Nonsense" },
    say: { zh: "蓝色的香蕉会唱歌吗", en: "Do blue bananas sing on Tuesdays" },
    see: { zh: "第一次请您换个说法，再按一次就交给人工。", en: "The first time it asks again; press once more and a person takes over." },
  },
  {
    name: { zh: "转人工", en: "A person" },
    say: { zh: "转人工", en: "I want to talk to a person" },
    see: { zh: "左边看排队位置与等待区间，右边响铃：点“接待”。", en: "Left: place and waiting range. Right: it rings; accept." },
  },
  {
    name: { zh: "紧急", en: "Emergency" },
    say: { zh: "我的账户被盗了，有人把币转走了！", en: "My account was hacked and somebody is moving my coins out!" },
    see: { zh: "进紧急通道，先给自救清单；控制台警报重复直到确认。", en: "Front lane and a checklist at once; the console's alarm repeats until acknowledged." },
  },
  {
    name: { zh: "误发助记词", en: "Seed phrase" },
    say: { zh: `我的助记词是 ${SEED}`, en: `My seed phrase is ${SEED}` },
    see: { zh: "存盘之前就已删除，客服也看不到，并告诉客户该怎么办。", en: "Removed before it is stored; no agent sees it, and the customer is told what to do." },
  },
  {
    name: { zh: "断网 6 秒", en: "Cut for 6 s" },
    say: { zh: "断网时说的这句话会丢吗？", en: "Does this get lost while the network is down?" },
    see: { zh: "断网时说的话先显示“发送中”，恢复后送达一次：不丢、不重。", en: "Said while offline: shown as sending, delivered once on return." },
    cut: 6_000,
  },
];

export const PAGE: Record<Language, { start: string; fresh: string; other: string }> = {
  zh: { start: "左边是交易所页面里的客户，右边是客服控制台。按顺序点上面的按钮，演一遍客户的一天。", fresh: "换一位客户", other: "English" },
  en: { start: "Left: a customer on the exchange's page. Right: the agent console. The buttons play a customer's day.", fresh: "New customer", other: "中文" },
};
