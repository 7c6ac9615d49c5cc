import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lastSeen } from "../client/chat-state";
import { FakeDesk } from "./fake-desk.mjs";
import { Network, memoryShelf, newChat, texts } from "./harness";

let desk: FakeDesk;
let network: Network;

beforeEach(() => {
  vi.useFakeTimers();
  desk = new FakeDesk();
  network = new Network(desk);
});
afterEach(() => void vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function online(more = {}) {
  const chat = newChat(network, more);
  chat.start();
  await pass();
  expect(chat.status).toBe("online");
  return chat;
}

describe("a conversation", () => {
  it("shows the customer's words once and the answer after them", async () => {
    const chat = await online();
    chat.send("提币还在审核");
    expect(chat.outbox.list()).toHaveLength(0);
    await pass(1_000);
    expect(texts(chat)[0]).toBe("提币还在审核");
    expect(texts(chat)).toHaveLength(2);
    expect(chat.state.logs[0]?.rows.map((row) => row.kind)).toEqual(["opened", "customer_wrote", "bot_answered"]);
  });

  it("never shows a secret as it was typed once the server masked it", async () => {
    const chat = await online();
    chat.send("my words: abandon abandon abandon about");
    await pass(1_000);
    expect(texts(chat)).toEqual(["my words: ⟦masked:seed_phrase⟧"]);
    expect(JSON.stringify(chat.state)).not.toContain("abandon");
  });

  it("keeps the visitor's token for the next visit and begins where it ended", async () => {
    const local = memoryShelf();
    const first = await online({ local });
    first.send("提币还在审核");
    await pass(1_000);
    first.stop();
    const second = await online({ local });
    expect(texts(second)).toEqual(texts(first));
  });

  it("follows into the conversation that a message after the close opens", async () => {
    const chat = await online();
    chat.send("提币还在审核");
    await pass(1_000);
    const person = desk.person();
    desk.accept(person);
    desk.agentCloses(person);
    Object.assign(person, { conversation: "", seq: 0, rows: [] });
    person.view.owner = "bot";
    chat.send("还有一个问题");
    await pass(1_000);
    expect(chat.state.logs).toHaveLength(2);
    expect(chat.state.view?.conversation).toBe(chat.state.logs[1]?.conversation);
    expect(lastSeen(chat.state)).toBe(chat.state.logs[1]?.rows.at(-1)?.seq);
  });
});

describe("a broken network", () => {
  it("sends the very first message again after a lost acknowledgement and stores it once", async () => {
    const chat = await online();
    network.deaf = true;
    chat.send("提币还在审核");
    expect(chat.outbox.list()).toHaveLength(1);
    network.deaf = false;
    network.cut();
    await pass(5_000);
    expect(chat.status).toBe("online");
    expect(chat.outbox.list()).toHaveLength(0);
    expect(texts(chat).filter((text) => text === "提币还在审核")).toHaveLength(1);
    expect(desk.person().rows.filter((row: { kind: string }) => row.kind === "customer_wrote")).toHaveLength(1);
  });

  it("keeps what was said while away and says it in order on return", async () => {
    const chat = await online();
    network.up = false;
    network.cut();
    await pass();
    chat.send("第一句");
    chat.send("第二句");
    expect(chat.outbox.list().map((item) => item.status)).toEqual(["sending", "sending"]);
    network.up = true;
    await pass(60_000);
    expect(texts(chat).slice(0, 2)).toEqual(["第一句", "第二句"]);
  });

  it("gets what it missed, once, in order", async () => {
    const chat = await online();
    chat.send("转人工");
    await pass(1_000);
    const person = desk.person();
    desk.accept(person);
    desk.say(person, "一");
    network.cut();
    desk.say(person, "二");
    desk.say(person, "三");
    await pass(5_000);
    expect(texts(chat).slice(-3)).toEqual(["一", "二", "三"]);
    const numbers = chat.state.logs[0]!.rows.map((row) => row.seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it("does not ask from an acknowledged number on: rows before it may have been lost", async () => {
    const chat = await online();
    chat.send("转人工");
    await pass(1_000);
    const person = desk.person();
    desk.accept(person);
    const seen = lastSeen(chat.state);
    // The agent's words are lost on the way, the acknowledgement of our own, stored after them, arrives.
    network.deaf = true;
    desk.say(person, "丢了的一句");
    network.deaf = false;
    chat.send("收到吗");
    expect(lastSeen(chat.state)).toBe(seen);
    network.cut();
    await pass(5_000);
    expect(texts(chat).slice(-2)).toEqual(["丢了的一句", "收到吗"]);
  });

  it("notices a one-way loss by silence and comes back", async () => {
    const chat = await online();
    network.deaf = true;
    await pass(20_000 * 4);
    expect(chat.status).not.toBe("online");
    network.deaf = false;
    await pass(60_000);
    expect(chat.status).toBe("online");
  });

  it("survives a reload before the acknowledgement", async () => {
    const session = memoryShelf();
    const local = memoryShelf();
    const before = await online({ session, local });
    network.mute = true;
    before.send("刷新前说的话");
    before.stop();
    network.mute = false;
    const after = await online({ session, local });
    await pass(1_000);
    expect(texts(after)[0]).toBe("刷新前说的话");
  });

  it("never says one person's words in another's name", async () => {
    const session = memoryShelf();
    const local = memoryShelf();
    let who: string | null = "alice";
    const chat = await online({ session, local, getToken: () => Promise.resolve(who) });
    network.mute = true;
    chat.send("爱丽丝的话");
    network.mute = false;
    who = "bob";
    chat.identify(() => Promise.resolve(who));
    await pass(5_000);
    expect(chat.state.me?.id).toBe("bob");
    expect(texts(chat)).toEqual([]);
    expect(chat.outbox.list()).toEqual([]);
  });
});

describe("a second tab", () => {
  it("gets what was written in the first", async () => {
    const local = memoryShelf();
    const one = await online({ local });
    const two = await online({ local });
    one.send("提币还在审核");
    await pass(1_000);
    expect(texts(two)).toEqual(texts(one));
  });
});

describe("refusals", () => {
  it("marks words that were refused, and sends them again when asked", async () => {
    const chat = await online();
    network.mute = true;
    chat.send("你好");
    const id = chat.outbox.list()[0]!.frame.id;
    for (const session of desk.person().sessions) {
      session.put({ type: "error", code: "too_many_open", message: "", id, conversation: null, retry_after: null });
    }
    expect(chat.outbox.list()[0]).toMatchObject({ status: "failed", code: "too_many_open" });
    network.mute = false;
    chat.retry(id);
    expect(chat.outbox.list()).toHaveLength(0);
  });

  it("waits as long as it is told when it was too fast", async () => {
    const chat = await online();
    network.mute = true;
    chat.send("快");
    const id = chat.outbox.list()[0]!.frame.id;
    for (const session of desk.person().sessions) {
      session.put({ type: "error", code: "rate_limited", message: "", id, conversation: null, retry_after: 3 });
    }
    network.mute = false;
    await pass(2_900);
    expect(chat.outbox.list()).toHaveLength(1);
    await pass(200);
    expect(chat.outbox.list()).toHaveLength(0);
  });
});
