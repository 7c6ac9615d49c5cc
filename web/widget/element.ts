import { h, render } from "preact";
import type { Chat } from "../client/chat";
import { App } from "./app";
import { desk } from "./context";
import { FRAME } from "./style/frame";
import { TALK } from "./style/talk";
import { TOKENS } from "./style/tokens";
import type { Words } from "./texts";

let sheet: CSSStyleSheet | null = null;

export interface Shown {
  chat: Chat;
  words: Words;
  open: boolean;
  entry: string;
  page: boolean;
  toggle(open: boolean): void;
  unread: number;
}

/** `<honeydesk-widget>`: a closed world. Its styles are an adopted sheet, which neither `style-src` nor the page's
 * own rules reach; its elements are made one by one, which Trusted Types allow. */
export class HoneydeskWidget extends HTMLElement {
  private readonly root = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    if (sheet === null) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(TOKENS + FRAME + TALK);
    }
    this.root.adoptedStyleSheets = [sheet];
  }

  show(shown: Shown): void {
    this.lang = shown.words.locale;
    render(h(App, { ...shown, desk: desk(shown.chat, shown.words), key: shown.words.locale }), this.root);
  }
}
