import { describe as group, expect, it } from "vitest";
import { BLANK, withRow } from "../desk/transcript";
import { NOW, row } from "../desk/scene";
import { thoughtsOf } from "../panel/thoughts";
import { en } from "../texts/en";
import { zh } from "../texts/zh";
import type { DeskEvent, Rows } from "../wire";
import { fill, matching, slashQuery, unfilled } from "./canned";
import { describe } from "./describe";
import { lastWords } from "./lastWords";

const queue = { skill: "security", language: "zh", order: 0, promise: NOW, lane: 1, wanted: null, connected: true, nobody: false };
const names = (id: string | undefined) => (id === "agent-zhou" ? "周一鸣" : (id ?? ""));
const happened = (kind: keyof Rows, body: Record<string, unknown>) => row("c", 1, kind, { body });
const transcriptOf = (...rows: DeskEvent[]) => rows.reduce(withRow, BLANK);

group("what happened, in words", () => {
  const cases: [keyof Rows, Record<string, unknown>, string][] = [
    ["handoff_asked", { by: "button", route: queue }, "客户点了「转人工」 · 进入排队 · 账户安全"],
    ["bot_gave_up", { reason: "unsure", route: { ticket: "t", why: "off_hours", promised: NOW } }, "小蜜转交人工：小蜜没有把握 · 已转为工单（非工作时间）"],
    ["accepted", { agent: "agent-zhou", name: "" }, "周一鸣 开始接待"],
    ["transferred", { agent: "agent-zhou", route: { ...queue, wanted: "agent-zhou" } }, "周一鸣 转接到 周一鸣"],
    ["agent_closed", { agent: "agent-zhou", outcome: "unsolved" }, "周一鸣 结束会话 · 未解决"],
    ["rated", { score: 4, solved: true }, "客户评分 4/5 · 已解决"],
    ["secret_masked", { about: 1, kinds: ["seed_phrase"] }, "已隐去助记词，并提醒客户立即更换"],
  ];
  it.each(cases)("%s", (kind, body, words) => {
    expect(describe(happened(kind, body), zh, names)?.text).toBe(words);
  });

  const kinds: (keyof Rows)[] = [
    "opened", "handoff_asked", "emergency_raised", "ticket_taken", "customer_closed", "customer_away", "customer_back", "bot_gave_up",
    "bot_silent", "bot_had_nothing", "offer_made", "accepted", "pulled", "passed", "offer_expired", "transferred", "agent_closed",
    "lease_lost", "lease_regained", "grace_over", "promise_broke", "away_too_long", "idle_closed", "voted", "rated", "ticket_answered",
    "alarm_acknowledged", "secret_masked",
  ];
  it.each(kinds)("%s whose content was erased still says what it was, in both languages", (kind) => {
    for (const t of [zh, en]) expect(describe(happened(kind, {}), t, names)?.text).toBeTruthy();
  });
});

group("canned replies", () => {
  const all = [
    { id: "a", title: "问候", text: "{{customer}} 您好", locale: "zh-CN" },
    { id: "b", title: "Greeting", text: "Hi {{customer}}", locale: "en" },
  ];
  it("are those of the customer's language first, found by title or text", () => {
    expect(matching(all, "", "en-GB").map((c) => c.id)).toEqual(["b", "a"]);
    expect(matching(all, "您好", "en").map((c) => c.id)).toEqual(["a"]);
  });
  it("are filled; what has no value stays to be seen", () => {
    const text = fill("{{customer}} 您好，约 {{ hours }} 小时", { customer: "王**" });
    expect(text).toBe("王** 您好，约 {{ hours }} 小时");
    expect(unfilled(text)).toEqual(["hours"]);
  });
  it("open on a slash at the start, not in a text", () => {
    expect([slashQuery("/充"), slashQuery("/"), slashQuery("1/2"), slashQuery("好 /")]).toEqual(["充", "", null, null]);
  });
});

group("the line under a name", () => {
  it("says since when the customer waits for an answer, by his first unanswered message", () => {
    const waits = transcriptOf(row("c", 1, "agent_wrote"), row("c", 2, "customer_wrote"), row("c", 3, "customer_wrote"));
    expect(lastWords(waits, zh)).toEqual({ text: "customer_wrote 3", at: NOW + 2, owed: true });
  });
  it("is nobody's debt after an answer; a note is no answer", () => {
    expect(lastWords(transcriptOf(row("c", 1, "customer_wrote"), row("c", 2, "agent_wrote")), zh)?.owed).toBe(false);
    expect(lastWords(transcriptOf(row("c", 1, "customer_wrote"), row("c", 2, "noted")), zh)?.owed).toBe(true);
  });
});

group("what 小蜜 thought", () => {
  it("counts misses and keeps the newest answer, until somebody speaks in a new stretch", () => {
    const rows = [
      row("c", 1, "customer_wrote"),
      row("c", 2, "bot_answered", { body: { confidence: 0.9, entry: "deposit.missing" } }),
      row("c", 3, "voted", { body: { about: 2, helpful: false } }),
      row("c", 4, "bot_gave_up", { body: {} }),
      row("c", 5, "agent_closed", { body: {} }),
    ];
    expect(thoughtsOf(rows)).toEqual({ answers: 1, misses: 1, confidence: 0.9, entry: "deposit.missing", helpful: 0, unhelpful: 1 });
    expect(thoughtsOf([...rows, row("c", 6, "customer_wrote")])).toMatchObject({ answers: 0, misses: 0 });
  });
});
