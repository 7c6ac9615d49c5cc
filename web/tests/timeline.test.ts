import { describe, expect, it } from "vitest";
import { EMPTY, received, type ChatState, type Row } from "../client/chat-state";
import type { StateView, ToCustomer } from "../protocol/to-customer";
import { TEXTS, nearest, wordsOf } from "../widget/texts";
import { timeline, unrated, unread } from "../widget/timeline";
import { transcript } from "../widget/transcript";

const AT = Date.UTC(2026, 10, 22, 4, 0, 0) / 1000;
const zh = wordsOf("zh-CN", () => AT * 1000);
const en = wordsOf("en", () => AT * 1000);
const by = { customer: "customer", bot: "bot", agent: "agent" } as const;

function view(more: Partial<StateView> = {}): StateView {
  return {
    type: "state", conversation: "c-1", seq: 0, segment: 1, owner: "bot", agent: null, thinking: false, queue: null,
    can: ["send", "handoff"], survey: [], tickets: [], ...more,
  };
}

function log(rows: [kind: string, body: object, author?: keyof typeof by][], more: Partial<StateView> = {}): ChatState {
  const frames = rows.map(([kind, body, author], index): ToCustomer => ({
    type: "event", conversation: "c-1", seq: index + 1, at: AT, segment: 1, kind, id: null,
    author: { kind: author ?? "system", id: null, name: author === "agent" ? "林悦" : null }, body: body as Row["body"],
  }));
  return [view(more), ...frames, view(more)].reduce((state, frame) => received(state, frame as ToCustomer, 0), EMPTY);
}

const notices = (state: ChatState, words = zh) => timeline(state, [], words).flatMap((item) => (item.kind === "notice" ? [item] : []));
const promised = AT + 7200;
const ticket = { ticket: "t-1", why: "off_hours", promised };
const queued = { promise: promised, nobody: false, emergency: false };

describe("what a row says", () => {
  it.each([
    ["handoff_asked", { by: "words", route: queued }, "已为您转人工，正在排队"],
    ["handoff_asked", { by: "words", route: ticket }, "已建立工单"],
    ["handoff_asked", { by: "words", route: { ...queued, nobody: true } }, "客服上线后第一时间接待"],
    ["bot_gave_up", { reason: "unsure", route: queued }, "没有把握"],
    ["bot_gave_up", { reason: "sensitive", route: queued }, "由人工客服处理"],
    ["bot_silent", { route: ticket, broken: true }, "已建立工单"],
    ["away_too_long", { ticket: "t-1", promised }, "已转为工单"],
    ["ticket_taken", { ticket: "t-1", promised, text: "" }, "工单已建立"],
    ["grace_over", {}, "队列最前面"],
    ["secret_masked", { about: 1, kinds: ["seed_phrase"] }, "助记词已删除"],
  ])("%s %o", (kind, body, words) => expect(notices(log([[kind, body]]))[0]?.text).toContain(words));

  it("names the agent who joined", () => {
    expect(notices(log([["accepted", { name: "Lin" }, "agent"]]), en)[0]?.text).toBe("Lin joined to help you");
  });

  it("shows the checklist of an emergency, and the ticket when nobody is there", () => {
    const [notice] = notices(log([["emergency_raised", { kind: "account_taken", route: ticket, checklist: "1. 改密码" }]]));
    expect(notice).toMatchObject({ tone: "alarm" });
    expect(notice?.markdown).toContain("1. 改密码");
    expect(notice?.markdown).toContain("工单已建立");
  });

  it("offers a ticket when the promise is about to break", () => {
    expect(notices(log([["promise_broke", {}]]))[0]).toMatchObject({ offer: "ticket" });
  });

  it("of a kind that it does not know says nothing", () => {
    expect(timeline(log([["something_new", { text: "x" }]]), [], zh)).toEqual([]);
  });
});

describe("the log", () => {
  const state = log([
    ["opened", {}],
    ["customer_wrote", { text: "hi", masked: [] }, "customer"],
    ["bot_answered", { text: "**yo**", buttons: [], related: [] }, "bot"],
    ["voted", { about: 3, helpful: false }, "customer"],
  ]);

  it("joins votes to what they are about", () => {
    expect(timeline(state, [], zh).find((item) => item.key === "c-1/3")).toMatchObject({ vote: false });
  });

  it("offers a person beside the choices of a question back, and nothing twice", () => {
    const choice = { kind: "entry", label: "A", id: "a" };
    const [back, answer] = timeline(
      log([["bot_clarified", { text: "?", choices: [choice] }, "bot"], ["bot_answered", { text: "!", buttons: [choice], related: [choice] }, "bot"]]),
      [], zh,
    ).filter((item) => item.kind === "message");
    expect(back?.choices.map((c) => c.kind)).toEqual(["entry", "handoff"]);
    expect(answer?.related).toEqual([]);
  });

  it("puts what is on its way last", () => {
    const frame = { type: "send", id: "abcdefgh", text: "later" } as const;
    expect(timeline(state, [{ frame, at: 0, status: "sending" }], zh).at(-1)).toMatchObject({ kind: "sending" });
  });

  it("counts as unread what others said after the mark", () => {
    expect(unread(state, null)).toBe(1);
    expect(unread(state, { conversation: "c-1", seq: 3 })).toBe(0);
    expect(unread(state, { conversation: "older", seq: 99 })).toBe(1);
  });

  it("asks for a rating of a segment once", () => {
    const closed = log([["agent_closed", { outcome: "solved" }, "agent"]], { survey: [1, 0] });
    expect(unrated(closed, [])).toEqual([1]);
    const rated = log([["rated", { segment: 1, score: 5 }, "customer"]], { survey: [1] });
    expect(unrated(rated, [])).toEqual([]);
  });

  it("downloads with who spoke and without markup", () => {
    const text = transcript(state, en);
    expect(text).toMatch(/\] You: hi\n/);
    expect(text).toMatch(/\] Honey: yo\n/);
  });
});

describe("languages", () => {
  it.each([["zh-Hant-HK", "zh-TW"], ["zh-TW", "zh-TW"], ["zh", "zh-CN"], ["zh-SG", "zh-CN"], ["fr", "en"], ["en-GB", "en"]])(
    "%s -> %s",
    (tag, expected) => expect(nearest(tag)).toBe(expected),
  );

  it("have the same gaps to fill", () => {
    const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const texts of Object.values(TEXTS)) {
      for (const [key, text] of Object.entries(texts)) expect(gaps(text), key).toEqual(gaps(TEXTS["zh-CN"][key as keyof typeof texts]));
    }
  });

  it("say durations as one says them", () => {
    expect([7, 45, 150, 5400].map((s) => en.duration(s))).toEqual(["10 s", "50 s", "3 min", "1.5 h"]);
  });
});
