import type { FromCustomer } from "../protocol/from-customer";
import type { ToCustomer } from "../protocol/to-customer";
import { EMPTY, current, lastSeen, received, type ChatState, type Said } from "./chat-state";
import { httpDial } from "./http";
import { Link, type LinkStatus } from "./link";
import { Outbox, clientId, type Outgoing } from "./outbox";
import { socketDial, socketUrl, type Dial } from "./pipe";
import { keep, type Shelf } from "./storage";

export type GetToken = () => Promise<string | null>;

export interface ChatOptions {
  /** Origin of the Honeydesk server, e.g. `https://desk.example`. */
  base: string;
  topic?: string;
  locale?: string;
  channel?: "web" | "app";
  getToken?: GetToken;
  /** Survives the browser: the anonymous visitor's token. */
  local: Shelf | null;
  /** Survives a reload: what was not acknowledged. */
  session: Shelf | null;
  dial?: Dial;
  fallback?: Dial;
}

const TYPING_EVERY = 3_000;
const AGAIN_AFTER = 2_000;
/** Refusals that say nothing about the message itself: tried again by itself. */
const PASSING = new Set(["rate_limited", "store_unavailable", "conflict"]);

/** A customer's side of the conversation: the state, and everything he can do. */
export class Chat {
  state: ChatState = EMPTY;
  readonly base: string;
  readonly outbox: Outbox<Said>;
  private readonly link: Link<ToCustomer, FromCustomer>;
  private readonly listeners = new Set<() => void>();
  private readonly visitorKey: string;
  private getToken: GetToken | undefined;
  private typed = 0;
  private anonymous = false;

  constructor(private readonly options: ChatOptions) {
    const { base } = options;
    this.base = base;
    this.getToken = options.getToken;
    this.visitorKey = `honeydesk.visitor.${base}`;
    this.outbox = new Outbox(options.session, `honeydesk.outbox.${base}.${options.topic ?? "support"}`);
    this.link = new Link<ToCustomer, FromCustomer>({
      dial: options.dial ?? socketDial(socketUrl(base, "/ws/chat")),
      fallback: options.fallback ?? httpDial(base, () => lastSeen(this.state)),
      hello: (again) => this.hello(again),
      onFrame: (frame) => this.receive(frame),
      onStatus: () => this.changed(),
      seq: () => lastSeen(this.state),
    });
  }

  get status(): LinkStatus {
    return this.link.status;
  }

  start(): void {
    this.link.start();
  }

  stop(): void {
    this.link.stop();
  }

  drop(ms?: number): void {
    this.link.drop(ms);
  }

  /** Called after every change. Returns how to stop listening. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The page's customer signed in, or out (`undefined`): begin again as that identity. */
  identify(getToken: GetToken | undefined): void {
    this.getToken = getToken;
    this.link.reconnect();
  }

  send(text: string, about: { entry?: string; category?: string } = {}): void {
    this.say({ type: "send", id: clientId(), text, ...about });
  }

  handoff(): void {
    this.say({ type: "handoff", id: clientId() });
  }

  ticket(text = ""): void {
    this.say({ type: "ticket", id: clientId(), text });
  }

  vote(about: number, helpful: boolean): void {
    this.say({ type: "vote", id: clientId(), about, helpful });
  }

  rate(rating: Omit<Extract<Said, { type: "rate" }>, "type" | "id">): void {
    this.say({ type: "rate", id: clientId(), ...rating });
  }

  close(): void {
    this.say({ type: "close", id: clientId() });
  }

  /** Asks for suggestions; they appear in the state under the id returned. Not kept when offline. */
  suggest(prefix: string): string {
    const id = clientId();
    this.link.send({ type: "suggest", id, prefix });
    return id;
  }

  typing(): void {
    if (this.state.view?.owner !== "agent" || Date.now() - this.typed < TYPING_EVERY) return;
    this.typed = Date.now();
    this.link.send({ type: "typing" });
  }

  retry(id: string): void {
    const frame = this.outbox.retry(id);
    if (frame) this.link.send(frame);
    this.changed();
  }

  discard(id: string): Outgoing<Said> | undefined {
    const found = this.outbox.settle(id);
    this.changed();
    return found;
  }

  private say(frame: Said): void {
    this.outbox.add(frame);
    this.link.send(frame);
    this.changed();
  }

  private async hello(again: boolean): Promise<FromCustomer> {
    const { topic, locale, channel } = this.options;
    const token = (await this.getToken?.()) ?? null;
    this.anonymous = token === null;
    const conversation = current(this.state);
    return {
      type: "hello",
      v: 1,
      token,
      visitor: token === null ? (this.options.local?.getItem(this.visitorKey) ?? null) : null,
      ...(conversation === "" ? {} : { conversation, after: again ? 0 : lastSeen(this.state) }),
      topic: topic ?? "support",
      ...(locale ? { locale } : {}),
      channel: channel ?? "web",
    };
  }

  private receive(frame: ToCustomer): void {
    const settled = frame.type === "ack" ? this.outbox.settle(frame.id)?.frame : undefined;
    this.state = received(this.state, frame, Date.now(), settled);
    switch (frame.type) {
      case "welcome":
        if (frame.visitor) keep(this.options.local, this.visitorKey, frame.visitor);
        for (const said of this.outbox.resume(frame.me.id ?? "")) this.link.send(said);
        break;
      case "event":
        if (frame.id !== null && frame.author.kind === "customer") this.outbox.settle(frame.id);
        break;
      case "error":
        this.refused(frame.code, frame.id, frame.retry_after);
        break;
      case "token_expiring":
        if (frame.visitor) keep(this.options.local, this.visitorKey, frame.visitor);
        else void this.freshToken();
        break;
      default:
        break;
    }
    this.changed();
  }

  private refused(code: string, id: string | null, retryAfter: number | null): void {
    if (id === null) {
      // A visitor's token that is no longer good: the next hello begins as a new visitor.
      if (this.anonymous && code.startsWith("token_")) this.options.local?.removeItem(this.visitorKey);
      if (code === "unknown_conversation") this.state = { ...this.state, logs: [], view: null };
      return;
    }
    if (PASSING.has(code)) {
      setTimeout(() => this.retry(id), retryAfter === null ? AGAIN_AFTER : retryAfter * 1000);
      return;
    }
    const refused = this.outbox.list().find((item) => item.frame.id === id);
    // Only words are worth keeping; a vote or a second click that came too late is not.
    if (refused?.frame.type === "send") this.outbox.fail(id, code);
    else this.outbox.settle(id);
  }

  private async freshToken(): Promise<void> {
    try {
      const token = await this.getToken?.();
      if (token) this.link.send({ type: "token", token });
    } catch (reason) {
      // The socket will be closed with token_expired; the next hello asks again.
      console.warn("honeydesk: no fresh token", reason);
    }
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
