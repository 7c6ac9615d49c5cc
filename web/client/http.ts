import type { Dial } from "./pipe";

interface Answer {
  session?: string;
  frames: unknown[];
}

const POLL_PAUSE = 1_000;

/** The fall-back where WebSockets are blocked: the same frames over POST and a long poll. `seq` is the last number
 * seen. One request posts at a time, so that frames arrive in the order in which they were sent. */
export function httpDial(base: string, seq: () => number): Dial {
  return (on) => {
    const stop = new AbortController();
    let session: string | null = null;
    let line: Promise<void> = Promise.resolve();

    const gone = () => {
      if (stop.signal.aborted) return;
      stop.abort();
      on.gone();
    };
    const ask = async (path: string, body?: string): Promise<Answer> => {
      const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
      if (session !== null) headers.Authorization = `Bearer ${session}`;
      const answer = await fetch(new URL(path, base), {
        method: body === undefined ? "GET" : "POST",
        headers,
        body,
        signal: stop.signal,
        credentials: "omit",
        cache: "no-store",
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return (await answer.json()) as Answer;
    };
    const deliver = (answer: Answer) => {
      for (const frame of answer.frames) if (!stop.signal.aborted) on.frame(JSON.stringify(frame));
    };
    const poll = async () => {
      while (!stop.signal.aborted) {
        const asked = Date.now();
        const answer = await ask(`/api/chat/poll?after=${seq()}`);
        deliver(answer);
        // An empty answer counts as a sign of life; a server that answers at once must not be asked in a tight loop.
        if (answer.frames.length === 0) on.frame('{"type":"beat","seq":0}');
        if (answer.frames.length === 0 && Date.now() - asked < POLL_PAUSE) {
          await new Promise((resolve) => setTimeout(resolve, POLL_PAUSE));
        }
      }
    };
    const say = async (text: string) => {
      if (stop.signal.aborted) return;
      if (session !== null) return deliver(await ask("/api/chat/frames", text));
      const answer = await ask("/api/chat/hello", text);
      session = answer.session ?? null;
      if (session === null) throw new Error("no session");
      deliver(answer);
      poll().catch(gone);
    };

    queueMicrotask(() => !stop.signal.aborted && on.open());
    return {
      send: (text) => {
        line = line.then(() => say(text)).catch(gone);
      },
      close: () => stop.abort(),
    };
  };
}
