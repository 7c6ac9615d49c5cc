import { describe, expect, it } from "vitest";
import type { Ack } from "../wire";
import { ME, NOW, ours, Played, row, welcome } from "./scene";
import { unread, unsent } from "./select";

const log = (p: Played, id = "c") => p.desk.transcripts[id]?.rows.map((r) => r.seq);
const working = () => new Played().gets(welcome({ cards: [ours("c")] }));
const say = (id: string, text: string, type: "send" | "note" = "send") =>
  ({ type: "command", command: { type, id, conversation: "c", text }, now: NOW }) as const;
const ack = (id: string, seq: number, over: Partial<Ack> = {}): Ack => ({ type: "ack", id, conversation: "c", seq, duplicate: false, masked: [], ...over });

describe("transcripts", () => {
  it("of one's own conversations are watched without being opened", () => {
    expect(working().said).toEqual([{ type: "watch", id: "watch:000000", conversation: "c", after: 0 }]);
  });

  it("keep each row once, in order", () => {
    const p = working().gets(row("c", 1, "opened"), row("c", 2, "customer_wrote"), row("c", 2, "customer_wrote"));
    expect(log(p)).toEqual([1, 2]);
  });

  it("ask for what is missing by number, once, and close the gap", () => {
    const p = working().gets(row("c", 1, "opened"), row("c", 4, "customer_wrote"), row("c", 5, "customer_wrote"));
    expect(p.said.slice(1)).toEqual([{ type: "watch", id: "watch:000001", conversation: "c", after: 1 }]);
    p.gets(row("c", 2, "bot_answered"), row("c", 3, "handoff_asked"));
    expect(log(p)).toEqual([1, 2, 3, 4, 5]);
    expect(p.desk.transcripts["c"]?.through).toBe(5);
  });

  it("continue after a reconnect from the last number", () => {
    const p = working().gets(row("c", 1, "opened"), row("c", 2, "customer_wrote")).cut();
    p.said = [];
    p.gets(welcome({ cards: [ours("c")] }));
    expect(p.said).toMatchObject([{ type: "watch", conversation: "c", after: 2 }]);
  });

  it("are left when they are neither mine nor on screen", () => {
    const p = working().gets(row("c", 1, "opened")).gets({ type: "gone", n: 1, conversation: "c" });
    expect(p.said.at(-1)).toEqual({ type: "unwatch", conversation: "c" });
    expect(log(p)).toBeUndefined();
  });
});

describe("own messages", () => {
  it("wait until acknowledged, then stand at their number", () => {
    const p = working().gets(row("c", 1, "opened")).input(say("send-0001", "您好"));
    expect(unsent(p.desk, "c").map((u) => u.command)).toHaveLength(1);
    p.gets(ack("send-0001", 2));
    expect(unsent(p.desk, "c")).toEqual([]);
    expect(p.desk.transcripts["c"]?.rows.at(-1)).toMatchObject({ seq: 2, kind: "agent_wrote", author: { id: ME.id }, body: { text: "您好" } });
  });

  it("are shown once when the row comes before or after the acknowledgement", () => {
    const stored = row("c", 2, "agent_wrote", { id: "send-0001" });
    for (const frames of [
      [stored, ack("send-0001", 2)],
      [ack("send-0001", 2), stored],
    ]) {
      const p = working().gets(row("c", 1, "opened")).input(say("send-0001", "您好")).gets(...frames);
      expect(log(p)).toEqual([1, 2]);
      expect(unsent(p.desk, "c")).toEqual([]);
    }
  });

  it("are sent again with the same id after a reconnect, in order", () => {
    const p = working().cut().input(say("send-0001", "一")).input({ ...say("send-0002", "二"), now: NOW + 1 });
    p.said = [];
    p.gets(welcome({ cards: [ours("c")] }));
    expect(p.said.filter((f) => f.type === "send").map((f) => f.id)).toEqual(["send-0001", "send-0002"]);
  });

  it("are not sent twice by a resync of the lists", () => {
    const p = working().input(say("send-0001", "一"));
    p.gets({ type: "gone", n: 9, conversation: "x" }, welcome({ n: 9, cards: [ours("c")] }));
    expect(p.types().filter((type) => type === "send")).toHaveLength(1);
  });

  it("in which something was masked are fetched as stored", () => {
    const p = working().gets(row("c", 1, "opened")).input(say("send-0001", "abandon abandon"));
    p.gets(ack("send-0001", 2, { masked: ["seed_phrase"] }));
    expect(log(p)).toEqual([1]);
    expect(p.said.at(-1)).toMatchObject({ type: "watch", after: 1 });
  });

  it("that are refused stay with their text until retried or discarded", () => {
    const p = working().input(say("send-0001", "您好"));
    p.gets({ type: "error", code: "not_yours", message: "", id: "send-0001", conversation: "c", retry_after: null });
    expect(unsent(p.desk, "c")[0]?.refused).toBe("not_yours");
    p.input({ type: "retry", id: "send-0001", now: NOW });
    expect(p.said.at(-1)).toMatchObject({ type: "send", id: "send-0001" });
    p.input({ type: "forget", id: "send-0001" });
    expect(unsent(p.desk, "c")).toEqual([]);
  });
});

describe("unread", () => {
  it("counts the customer's messages since one looked or wrote", () => {
    const p = working().gets(row("c", 1, "opened"), row("c", 2, "customer_wrote"), row("c", 3, "bot_answered"), row("c", 4, "customer_wrote"));
    expect(unread(p.desk, "c")).toBe(2);
    p.select("c");
    expect(unread(p.desk, "c")).toBe(0);
    p.select("other").gets(row("c", 5, "customer_wrote"));
    expect(unread(p.desk, "c")).toBe(1);
    p.gets(row("c", 6, "agent_wrote"));
    expect(unread(p.desk, "c")).toBe(0);
  });

  it("grows while the page is hidden, also for what is on screen", () => {
    const p = working().select("c").gets(row("c", 1, "opened")).input({ type: "visible", visible: false });
    p.gets(row("c", 2, "customer_wrote"));
    expect(unread(p.desk, "c")).toBe(1);
    p.input({ type: "visible", visible: true });
    expect(unread(p.desk, "c")).toBe(0);
  });
});

describe("the end of a session", () => {
  it("is reached when the server no longer knows it; nothing is kept for the next person", () => {
    const p = working().gets({ type: "error", code: "session_missing", message: "", id: null, conversation: null, retry_after: null });
    expect(p.desk).toMatchObject({ phase: "ended", ending: "session_missing" });
    p.input({ type: "phase", phase: "ended", ending: null });
    expect(p.desk.cards).toEqual({});
  });
});
