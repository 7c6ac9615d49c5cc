import { Chat, type GetToken } from "../client/chat";
import { current, type ChatState } from "../client/chat-state";
import { keep, shelf } from "../client/storage";
import type { HoneydeskWidget } from "./element";
import { nearest, wordsOf, type Words } from "./texts";
import { unread } from "./timeline";

export interface Settings {
  /** Origin of the Honeydesk server. */
  base: string;
  locale: string;
  entry: "bottom-right" | "top-right";
  page: boolean;
  theme: string;
  topic: string;
}

interface Mark {
  conversation: string;
  seq: number;
}

/** Holds one chat and shows it. Connects at once for somebody who has been here, else when first opened. */
export class Widget {
  private chat: Chat;
  private words: Words;
  private opened: boolean;
  private mark: Mark | null = null;
  private getToken: GetToken | undefined;
  private unhear: () => void;
  private drawn = false;
  private readonly local = shelf("localStorage");

  constructor(
    private readonly settings: Settings,
    private readonly element: HoneydeskWidget,
  ) {
    this.opened = settings.page;
    this.words = wordsOf(nearest(settings.locale));
    if (settings.theme) element.dataset.theme = settings.theme;
    [this.chat, this.unhear] = this.begin(settings.topic);
    const known = this.local?.getItem(`honeydesk.visitor.${settings.base}`);
    if (this.opened || known) this.chat.start();
    this.draw();
  }

  open(what: { topic?: string; entry?: string; label?: string } = {}): void {
    if (what.topic && what.topic !== this.settings.topic) {
      this.settings.topic = what.topic;
      this.unhear();
      this.chat.stop();
      [this.chat, this.unhear] = this.begin(what.topic);
    }
    this.opened = true;
    this.chat.start();
    // The server puts the entry's own title in the place of this text.
    if (what.entry) this.chat.send(what.label || what.entry, { entry: what.entry });
    this.draw();
  }

  close(): void {
    this.opened = this.settings.page;
    this.draw();
  }

  identify(getToken: GetToken | undefined): void {
    this.getToken = getToken;
    this.chat.identify(getToken);
    this.chat.start();
  }

  say(text: string): void {
    this.chat.start();
    this.chat.send(text);
  }

  drop(ms?: number): void {
    this.chat.drop(ms);
  }

  private begin(topic: string): [Chat, () => void] {
    const { base, locale, page } = this.settings;
    const chat = new Chat({
      base,
      topic,
      locale: nearest(locale),
      channel: page ? "app" : "web",
      getToken: this.getToken,
      local: this.local,
      session: shelf("sessionStorage"),
    });
    this.mark = this.savedMark(topic);
    return [chat, chat.subscribe(() => this.draw())];
  }

  /** At most once per task, however many frames arrived. */
  private draw(): void {
    if (this.drawn) return;
    this.drawn = true;
    queueMicrotask(() => {
      this.drawn = false;
      this.element.show({
        chat: this.chat,
        words: this.words,
        open: this.opened,
        entry: this.settings.entry,
        page: this.settings.page,
        toggle: (open) => (open ? this.open() : this.close()),
        unread: this.countUnread(this.chat.state),
      });
    });
  }

  private countUnread(state: ChatState): number {
    if (!this.opened || document.visibilityState === "hidden") return unread(state, this.mark);
    const seq = state.logs.at(-1)?.rows.at(-1)?.seq ?? 0;
    const conversation = current(state);
    if (conversation !== "" && (this.mark?.seq !== seq || this.mark.conversation !== conversation)) {
      this.mark = { conversation, seq };
      keep(this.local, this.markKey(this.settings.topic), `${seq} ${conversation}`);
    }
    return 0;
  }

  private markKey(topic: string): string {
    return `honeydesk.read.${this.settings.base}.${topic}`;
  }

  private savedMark(topic: string): Mark | null {
    const [seq, conversation] = this.local?.getItem(this.markKey(topic))?.split(" ") ?? [];
    return conversation === undefined ? null : { conversation, seq: Number(seq) || 0 };
  }
}

