import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff } from "../client/backoff";
import { Link, type LinkStatus } from "../client/link";
import type { Dial, PipeEvents } from "../client/pipe";

type Frame = { type: string; [more: string]: unknown };

interface Call {
  on: PipeEvents;
  sent: Frame[];
  closed: boolean;
}

function recorder(): { dial: Dial; calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    dial: (on) => {
      const call: Call = { on, sent: [], closed: false };
      calls.push(call);
      return { send: (text) => void call.sent.push(JSON.parse(text) as Frame), close: () => void (call.closed = true) };
    },
  };
}

function linked(more: Partial<ConstructorParameters<typeof Link<Frame, Frame>>[0]> = {}) {
  const socket = recorder();
  const http = recorder();
  const statuses: LinkStatus[] = [];
  const frames: Frame[] = [];
  const hellos: boolean[] = [];
  const link = new Link<Frame, Frame>({
    dial: socket.dial,
    fallback: http.dial,
    hello: (again) => {
      hellos.push(again);
      return { type: "hello" };
    },
    onFrame: (frame) => void frames.push(frame),
    onStatus: (status) => void statuses.push(status),
    random: () => 0,
    ...more,
  });
  const welcome = async (call: Call | undefined) => {
    call!.on.open();
    await vi.advanceTimersByTimeAsync(0);
    call!.on.frame(JSON.stringify({ type: "welcome", beat: 20 }));
  };
  return { link, socket, http, statuses, frames, hellos, welcome };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("back-off", () => {
  it("doubles up to half a minute and never falls below half its ceiling", () => {
    expect([0, 1, 2, 6, 50].map((n) => backoff(n, 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
    expect([0, 6].map((n) => backoff(n, 0))).toEqual([250, 15_000]);
  });
});

describe("link", () => {
  it("says hello first and is online only after the welcome", async () => {
    const { link, socket, statuses, welcome } = linked();
    link.start();
    socket.calls[0]!.on.open();
    await pass(0);
    expect(socket.calls[0]!.sent).toEqual([{ type: "hello" }]);
    expect(link.send({ type: "send" })).toBe(false);
    await welcome(socket.calls[0]);
    expect(link.send({ type: "send" })).toBe(true);
    expect(statuses).toEqual(["connecting", "online"]);
  });

  it("falls back to HTTP after three failed attempts, and tries sockets again after five minutes", async () => {
    const { link, socket, http, hellos, welcome } = linked();
    link.start();
    for (let n = 0; n < 3; n += 1) {
      socket.calls[n]!.on.gone();
      await pass(250 * 2 ** n);
    }
    expect(socket.calls).toHaveLength(3);
    await welcome(http.calls[0]);
    expect(link.status).toBe("online");
    for (let minute = 0; minute < 5; minute += 1) {
      http.calls[0]!.on.frame('{"type":"beat","seq":0}');
      for (let n = 0; n < 3; n += 1) {
        await pass(20_000);
        if (!http.calls[0]!.closed) http.calls[0]!.on.frame('{"type":"beat","seq":0}');
      }
    }
    expect(socket.calls).toHaveLength(4);
    expect(hellos).toEqual([false]);
  });

  it("comes back by what worked last, and takes turns when neither works", async () => {
    const { link, socket, http, welcome } = linked();
    link.start();
    for (let n = 0; n < 3; n += 1) {
      socket.calls[n]!.on.gone();
      await pass(250 * 2 ** n);
    }
    await welcome(http.calls[0]);
    link.drop(1_000);
    await pass(1_000);
    expect([socket.calls.length, http.calls.length]).toEqual([3, 2]);
    http.calls[1]!.on.gone();
    await pass(250);
    socket.calls[3]!.on.gone();
    await pass(500);
    socket.calls[4]!.on.gone();
    await pass(1_000);
    http.calls[2]!.on.gone();
    await pass(2_000);
    expect([socket.calls.length, http.calls.length]).toEqual([6, 3]);
  });

  it("asks for everything after HTTP broke, because its answers may have come out of order", async () => {
    const { link, socket, http, hellos, welcome } = linked();
    link.start();
    for (let n = 0; n < 3; n += 1) {
      socket.calls[n]!.on.gone();
      await pass(250 * 2 ** n);
    }
    await welcome(http.calls[0]);
    http.calls[0]!.on.gone();
    await pass(1_000);
    await welcome(socket.calls[3]);
    expect(hellos).toEqual([false, true]);
  });

  it("gives up a connection that never welcomes", async () => {
    const { link, socket } = linked();
    link.start();
    socket.calls[0]!.on.open();
    await pass(10_000);
    expect(socket.calls[0]!.closed).toBe(true);
    await pass(1_000);
    expect(socket.calls).toHaveLength(2);
  });

  it("sends heartbeats and leaves a silent connection after two and a half intervals", async () => {
    const { link, socket, welcome } = linked({ seq: () => 7 });
    link.start();
    await welcome(socket.calls[0]);
    await pass(40_000);
    expect(socket.calls[0]!.sent.slice(1)).toEqual([{ type: "beat", seq: 7 }, { type: "beat", seq: 7 }]);
    expect(link.status).toBe("online");
    await pass(20_000);
    expect(link.status).toBe("offline");
  });

  it("comes back when told, and not at all when told not to", async () => {
    const { link, socket, welcome } = linked();
    link.start();
    await welcome(socket.calls[0]);
    socket.calls[0]!.on.frame(JSON.stringify({ type: "bye", code: "going_away", reconnect_in: 3 }));
    await pass(2_900);
    expect(socket.calls).toHaveLength(1);
    await pass(1_000);
    await welcome(socket.calls[1]);
    socket.calls[1]!.on.frame(JSON.stringify({ type: "bye", code: "disabled", reconnect_in: null }));
    await pass(600_000);
    expect(link.status).toBe("stopped");
    expect(socket.calls).toHaveLength(2);
  });

  it("hears nothing more from a connection that it left", async () => {
    const { link, socket, frames, welcome } = linked();
    link.start();
    await welcome(socket.calls[0]);
    link.reconnect();
    const before = frames.length;
    socket.calls[0]!.on.frame(JSON.stringify({ type: "event" }));
    socket.calls[0]!.on.gone();
    expect(frames).toHaveLength(before);
    expect(link.status).toBe("connecting");
  });

  it("probes at once when the page wakes, and leaves if nobody answers", async () => {
    const { link, socket, welcome } = linked();
    link.start();
    await welcome(socket.calls[0]);
    await pass(10);
    link.wake();
    expect(socket.calls[0]!.sent.at(-1)).toMatchObject({ type: "beat" });
    await pass(4_100);
    expect(link.status).not.toBe("online");
  });

  it("counts a token function that fails as a failed attempt", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { link, socket } = linked({ hello: () => Promise.reject(new Error("signed out")) });
    link.start();
    socket.calls[0]!.on.open();
    await pass(1_000);
    expect(socket.calls.length).toBeGreaterThan(1);
    link.stop();
  });
});
