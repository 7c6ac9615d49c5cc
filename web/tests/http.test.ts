import { afterEach, expect, it, vi } from "vitest";
import { httpDial } from "../client/http";

afterEach(() => void vi.unstubAllGlobals());

it("speaks the same frames over POST and a long poll", async () => {
  const asked: { path: string; authorization: string | undefined; body: unknown }[] = [];
  let poll: (frames: unknown[]) => void = () => undefined;
  vi.stubGlobal("fetch", async (url: URL, given: RequestInit) => {
    const headers = given.headers as Record<string, string>;
    const path = url.pathname + url.search;
    asked.push({ path, authorization: headers.Authorization, body: given.body ? JSON.parse(given.body as string) : undefined });
    const json = (value: unknown) => new Response(JSON.stringify(value));
    if (path === "/api/chat/hello") return json({ session: "s-1", frames: [{ type: "welcome" }] });
    if (path === "/api/chat/frames") return json({ frames: [{ type: "ack" }] });
    return new Promise<Response>((resolve, reject) => {
      poll = (frames) => resolve(json({ frames }));
      given.signal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
  });
  const frames: string[] = [];
  let opened: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (opened = resolve));
  const pipe = httpDial("https://desk.test", () => 4)({ open: opened, frame: (text) => void frames.push(text), gone: () => undefined });
  await open;
  pipe.send('{"type":"hello"}');
  pipe.send('{"type":"send"}');
  await vi.waitFor(() => expect(frames).toHaveLength(2));
  poll([{ type: "event" }]);
  await vi.waitFor(() => expect(frames.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(["welcome", "ack", "event"]));
  pipe.close();
  expect(asked.slice(0, 3)).toEqual([
    { path: "/api/chat/hello", authorization: undefined, body: { type: "hello" } },
    { path: "/api/chat/poll?after=4", authorization: "Bearer s-1", body: undefined },
    { path: "/api/chat/frames", authorization: "Bearer s-1", body: { type: "send" } },
  ]);
});

it("says once that it is gone when the server refuses", async () => {
  vi.stubGlobal("fetch", async () => new Response("{}", { status: 503 }));
  const gone = vi.fn();
  const pipe = httpDial("https://desk.test", () => 0)({ open: () => undefined, frame: () => undefined, gone });
  pipe.send('{"type":"hello"}');
  pipe.send('{"type":"send"}');
  await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(1));
});
