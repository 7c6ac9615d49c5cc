import { keep, type Shelf } from "./storage";
export type { Shelf } from "./storage";

/** What was said and is not known to be on the server's disk. */
export interface Outgoing<F> {
  frame: F;
  /** Milliseconds, this machine's clock. */
  at: number;
  status: "sending" | "failed";
  /** The server's error code when `failed`. */
  code?: string;
}

interface Saved<F> {
  owner: string | null;
  items: Outgoing<F>[];
}

/** Keeps frames until they are acknowledged under their id, over reconnects and reloads. The server stores an id
 * once, so that sending again is always safe. */
export class Outbox<F extends { id: string }> {
  private items: Outgoing<F>[];
  private owner: string | null;

  /** `shelf` may be null (memory only); `key` is the shelf's key. */
  constructor(
    private readonly shelf: Shelf | null = null,
    private readonly key = "",
  ) {
    const saved = this.load();
    this.items = saved.items;
    this.owner = saved.owner;
  }

  /** In the order in which they were said. */
  list(): readonly Outgoing<F>[] {
    return this.items;
  }

  add(frame: F, at = Date.now()): void {
    this.items = [...this.items.filter((item) => item.frame.id !== frame.id), { frame, at, status: "sending" }];
    this.save();
  }

  /** The server has it (ack, or its row was seen). Returns what it was. */
  settle(id: string): Outgoing<F> | undefined {
    const found = this.items.find((item) => item.frame.id === id);
    if (found) {
      this.items = this.items.filter((item) => item !== found);
      this.save();
    }
    return found;
  }

  /** The server refused it: nothing was stored. */
  fail(id: string, code: string): void {
    this.items = this.items.map((item) => (item.frame.id === id ? { ...item, status: "failed", code } : item));
    this.save();
  }

  /** Try again under the same id. */
  retry(id: string): F | undefined {
    const found = this.items.find((item) => item.frame.id === id);
    if (!found) return undefined;
    this.items = this.items.map((item) => (item === found ? { frame: found.frame, at: found.at, status: "sending" } : item));
    this.save();
    return found.frame;
  }

  /** What has to be sent again on a new connection of this identity. Words of another identity are dropped: they
   * must never be said in somebody else's name. */
  resume(owner: string): F[] {
    if (this.owner !== null && this.owner !== owner) this.items = [];
    this.owner = owner;
    this.save();
    return this.items.filter((item) => item.status === "sending").map((item) => item.frame);
  }

  private load(): Saved<F> {
    const text = this.shelf?.getItem(this.key);
    if (!text) return { owner: null, items: [] };
    try {
      return JSON.parse(text) as Saved<F>;
    } catch (error) {
      console.warn("honeydesk: unreadable outbox dropped", error);
      this.shelf?.removeItem(this.key);
      return { owner: null, items: [] };
    }
  }

  private save(): void {
    keep(this.shelf, this.key, JSON.stringify({ owner: this.owner, items: this.items } satisfies Saved<F>));
  }
}

/** An id for a frame: unique, and within the wire's pattern. It begins with the time (milliseconds, 12 hexadecimal
 *  digits), as version 7 of RFC 9562 does, so that the server's index of ids grows at one end. */
export function clientId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return time + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
