import { Link, type LinkStatus } from "../../client/link";
import { clientId, type Shelf } from "../../client/outbox";
import { socketDial, socketUrl } from "../../client/pipe";
import type { Command, Desk, Input, Pending } from "../desk/model";
import { EMPTY } from "../desk/model";
import { step } from "../desk/step";
import type { FromStaff, ToStaff } from "../wire";

/** A command as a component gives it: the id is made here. */
export type Wish = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

export interface StationOptions {
  csrf: string;
  agent: string;
  base: string;
  /** Where read marks live (over sessions of the browser) and where unsent words live (over reloads). */
  marks: Shelf | null;
  unsent: Shelf | null;
  /** Calls back every few seconds, also while the page is hidden; returns how to end it. */
  pulse?(beat: () => void): () => void;
}

const MARKS_KEPT = 300;
const TYPING_EVERY = 3_000;

/** Joins the pure desk, the socket and the browser's storage. One per signed-in agent. */
export class Station {
  desk: Desk;
  /** Conversation or ticket -> words not yet sent by the agent. */
  readonly drafts = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private readonly link: Link<ToStaff, FromStaff>;
  private typedAt = 0;
  private pulse: (() => void) | null = null;

  constructor(private readonly options: StationOptions) {
    this.desk = { ...EMPTY, read: this.load("marks", {}), pending: this.load<Record<string, Pending>>("unsent", {}) };
    this.link = new Link<ToStaff, FromStaff>({
      dial: socketDial(socketUrl(options.base, "/ws/desk")),
      hello: () => ({ type: "hello", v: 1, csrf: options.csrf }),
      onFrame: (frame) => {
        this.input({ type: "received", frame, now: Date.now() / 1000 });
        if (frame.type === "bye" && frame.reconnect_in == null) this.input({ type: "phase", phase: "ended", ending: frame.code });
      },
      onStatus: (status) => this.moved(status),
    });
  }

  start(): void {
    this.link.start();
    this.pulse ??= this.options.pulse?.(() => document.hidden && this.link.wake()) ?? null;
  }

  stop(): void {
    this.link.stop();
    this.pulse?.();
    this.pulse = null;
  }

  /** Signed out: nothing may stay for whoever sits here next. */
  forget(): void {
    this.stop();
    this.options.unsent?.removeItem(this.key("unsent"));
    this.drafts.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Desk => this.desk;

  /** Returns the command's id, to ask later whether it is still under way. */
  wish(wish: Wish): string {
    const command = { ...wish, id: clientId() } as Command;
    this.input({ type: "command", command, now: Date.now() / 1000 });
    return command.id;
  }

  typing(conversation: string): void {
    if (Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.link.send({ type: "typing", conversation });
  }

  input(input: Input): void {
    const before = this.desk;
    const { desk, out } = step(before, input);
    this.desk = desk;
    for (const frame of out) this.link.send(frame);
    if (desk.read !== before.read) this.save("marks", Object.fromEntries(Object.entries(desk.read).slice(-MARKS_KEPT)));
    if (desk.pending !== before.pending) this.save("unsent", messagesOf(desk.pending));
    if (desk.phase === "ended" && before.phase !== "ended") this.link.stop();
    if (desk !== before) for (const listener of this.listeners) listener();
  }

  private moved(status: LinkStatus): void {
    if (status === "online" || this.desk.phase === "ended") return;
    const known = this.desk.me !== null;
    this.input({ type: "phase", phase: known || status === "offline" ? "lost" : "connecting" });
  }

  private key(name: "marks" | "unsent"): string {
    return `honeydesk.${name}.${this.options.agent}`;
  }

  private load<T>(name: "marks" | "unsent", otherwise: T): T {
    const text = this.options[name]?.getItem(this.key(name));
    if (!text) return otherwise;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      console.warn(`honeydesk: unreadable ${name} dropped`, error);
      return otherwise;
    }
  }

  private save(name: "marks" | "unsent", value: unknown): void {
    try {
      this.options[name]?.setItem(this.key(name), JSON.stringify(value));
    } catch (error) {
      // A full storage costs only what survives a reload.
      console.warn(`honeydesk: ${name} not saved`, error);
    }
  }
}

/** Words survive a reload; an accept or a transfer from before it would surprise. */
function messagesOf(pending: Record<string, Pending>): Record<string, Pending> {
  return Object.fromEntries(Object.entries(pending).filter(([, p]) => ["send", "note", "ticket"].includes(p.command.type)));
}
