import { backoff } from "./backoff";
import type { Dial, Pipe } from "./pipe";

/** `online` only after the server's welcome; `stopped` when the server said not to come back, or `stop()`. */
export type LinkStatus = "idle" | "connecting" | "online" | "offline" | "stopped";

/** What every surface's frames have in common, as far as the link must understand them. */
interface Known {
  type: string;
  beat?: number;
  reconnect_in?: number | null;
}

export interface LinkOptions<In extends { type: string }, Out extends { type: string }> {
  dial: Dial;
  /** Used after three attempts in a row without a welcome, from then on in turns, and first where it was what worked
   * last; every five minutes the other way is tried again. */
  fallback?: Dial;
  /** The first frame of a connection. `again` is true when frames may have been lost out of order (HTTP): ask for
   * everything. A rejected promise counts as a failed attempt. */
  hello(again: boolean): Out | Promise<Out>;
  onFrame(frame: In): void;
  onStatus?(status: LinkStatus): void;
  /** The last number seen, for heartbeats. */
  seq?(): number;
  random?(): number;
}

const WELCOME_WITHIN = 10_000;
const PROBE_WITHIN = 4_000;
const ATTEMPTS_BEFORE_FALLBACK = 3;
const FALLBACK_FOR = 300_000;
const SILENCE = 2.5;

type Timer = ReturnType<typeof setTimeout>;

/** Keeps one connection alive: back-off with jitter, heartbeats both ways, resume when the page comes back. */
export class Link<In extends { type: string }, Out extends { type: string }> {
  status: LinkStatus = "idle";
  /** Attempts without a welcome since the last one. */
  failures = 0;
  private pipe: Pipe | null = null;
  private generation = 0;
  private beat = 0;
  private heard = 0;
  private usingFallback = false;
  private fallbackWorked = false;
  private again = false;
  private readonly timers = new Map<string, Timer>();
  private unhook: (() => void) | null = null;

  constructor(private readonly options: LinkOptions<In, Out>) {}

  start(): void {
    if (this.status !== "idle" && this.status !== "stopped") return;
    this.hook();
    this.connect();
  }

  stop(): void {
    this.leave();
    this.unhook?.();
    this.unhook = null;
    this.become("stopped");
  }

  /** True when the frame went out on a live connection; false when it must wait for the next welcome. */
  send(frame: Out): boolean {
    if (this.status !== "online" || this.pipe === null) return false;
    this.pipe.send(JSON.stringify(frame));
    return true;
  }

  /** Cut the connection as a network would and come back after so many milliseconds, or by back-off. */
  drop(ms?: number): void {
    if (this.pipe === null) return;
    if (ms === undefined) this.failed();
    else this.away(ms);
  }

  /** Begin a fresh connection at once, with a fresh hello. */
  reconnect(): void {
    if (this.status === "stopped" || this.status === "idle") return;
    this.leave();
    this.connect();
  }

  /** The page is visible, online or shown again: check at once instead of waiting for a timer that slept. */
  wake(): void {
    if (this.status === "offline") {
      this.failures = Math.min(this.failures, 1);
      this.clear("retry");
      this.connect();
    } else if (this.status === "online") {
      const asked = Date.now();
      this.sendBeat();
      this.set("probe", PROBE_WITHIN, () => this.heard < asked && this.failed());
    }
  }

  private connect(): void {
    const generation = ++this.generation;
    const current = () => generation === this.generation;
    const turn = this.failures - ATTEMPTS_BEFORE_FALLBACK;
    const instead = turn >= 0 ? turn % 2 === 0 : this.failures === 0 && this.fallbackWorked;
    this.usingFallback = this.options.fallback !== undefined && instead;
    this.become("connecting");
    this.set("welcome", WELCOME_WITHIN, () => this.failed());
    const dial = (this.usingFallback && this.options.fallback) || this.options.dial;
    const pipe: Pipe = dial({
      open: () => {
        if (!current()) return;
        Promise.resolve()
          .then(() => this.options.hello(this.again))
          .then((frame) => current() && pipe.send(JSON.stringify(frame)))
          .catch((reason: unknown) => {
            console.warn("honeydesk: no hello", reason);
            if (current()) this.failed();
          });
      },
      frame: (text) => current() && this.receive(text),
      gone: () => current() && this.failed(),
    });
    this.pipe = pipe;
  }

  private receive(text: string): void {
    this.heard = Date.now();
    const frame = JSON.parse(text) as In;
    const known = frame as Known;
    if (known.type === "welcome") this.welcomed(known.beat ?? 20);
    if (known.type === "bye") {
      this.options.onFrame(frame);
      this.parted(known.reconnect_in ?? null);
      return;
    }
    this.options.onFrame(frame);
  }

  private welcomed(beat: number): void {
    this.clear("welcome");
    this.failures = 0;
    this.again = false;
    this.beat = beat * 1000;
    this.become("online");
    this.pulse();
    this.fallbackWorked = this.usingFallback;
    if (this.usingFallback) {
      this.set("fallback", FALLBACK_FOR, () => {
        this.fallbackWorked = false;
        this.reconnect();
      });
    }
  }

  private pulse(): void {
    this.set("beat", this.beat, () => {
      if (Date.now() - this.heard > this.beat * SILENCE) return this.failed();
      this.sendBeat();
      this.pulse();
    });
  }

  private sendBeat(): void {
    this.pipe?.send(JSON.stringify({ type: "beat", seq: this.options.seq?.() ?? 0 }));
  }

  private parted(seconds: number | null): void {
    if (seconds === null) return this.stop();
    this.away(seconds * 1000 + backoff(0, this.random()));
  }

  private failed(): void {
    this.failures += 1;
    this.away(backoff(this.failures - 1, this.random()));
  }

  private away(ms: number): void {
    this.leave();
    this.become("offline");
    this.set("retry", ms, () => this.connect());
  }

  private leave(): void {
    this.generation += 1;
    this.again ||= this.usingFallback;
    for (const name of [...this.timers.keys()]) this.clear(name);
    this.pipe?.close();
    this.pipe = null;
  }

  private become(status: LinkStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.options.onStatus?.(status);
  }

  private random(): number {
    return this.options.random?.() ?? Math.random();
  }

  private set(name: string, ms: number, run: () => void): void {
    this.clear(name);
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        run();
      }, ms),
    );
  }

  private clear(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  private hook(): void {
    if (this.unhook !== null || typeof window === "undefined") return;
    const wake = () => document.visibilityState !== "hidden" && this.wake();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("pageshow", wake);
    this.unhook = () => {
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
      window.removeEventListener("pageshow", wake);
    };
  }
}
