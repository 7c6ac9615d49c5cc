import { Chat, type ChatOptions } from "../client/chat";
import type { Dial, PipeEvents } from "../client/pipe";
import type { Shelf } from "../client/storage";
import { FakeDesk } from "./fake-desk.mjs";

export function memoryShelf(): Shelf & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

/** A network between chats and a desk that a test can cut, in either direction. */
export class Network {
  up = true;
  /** Frames from the desk get lost while this is set. */
  deaf = false;
  /** Frames to the desk get lost while this is set. */
  mute = false;
  dials = 0;
  private readonly live = new Set<PipeEvents>();

  constructor(readonly desk: FakeDesk) {}

  readonly dial: Dial = (on) => {
    this.dials += 1;
    let open = this.up;
    if (!open) {
      queueMicrotask(() => on.gone());
      return { send: () => undefined, close: () => undefined };
    }
    const peer = this.desk.connect((frame: unknown) => {
      if (open && !this.deaf) on.frame(JSON.stringify(frame));
    });
    const events: PipeEvents = { ...on, gone: () => { open = false; peer.gone(); on.gone(); } };
    this.live.add(events);
    queueMicrotask(() => open && on.open());
    return {
      send: (text) => {
        if (open && !this.mute) peer.frame(JSON.parse(text));
      },
      close: () => {
        open = false;
        peer.gone();
        this.live.delete(events);
      },
    };
  };

  /** Every connection breaks. */
  cut(): void {
    for (const events of [...this.live]) {
      this.live.delete(events);
      events.gone();
    }
  }
}

export function newChat(network: Network, more: Partial<ChatOptions> = {}): Chat {
  return new Chat({
    base: "https://desk.test",
    local: memoryShelf(),
    session: memoryShelf(),
    dial: network.dial,
    fallback: network.dial,
    ...more,
  });
}

export function texts(chat: Chat): string[] {
  return chat.state.logs.flatMap((log) => log.rows.map((row) => row.body.text as string | undefined)).filter((t) => t !== undefined);
}
