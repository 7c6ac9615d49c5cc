import { HoneydeskWidget } from "./element";
import { Widget, type Settings } from "./widget";

/** What a page calls; see docs of the embedding page. */
export interface HoneydeskApi {
  /** Opens the widget, at a topic, or asking an entry of the help centre (`label`: its title). */
  open(what?: { topic?: string; entry?: string; label?: string }): void;
  close(): void;
  /** The page's customer: a function that returns a fresh signed token, or null for nobody. */
  identify(getToken: (() => Promise<string | null>) | undefined): void;
  /** Says something as the customer would (demo, tests). */
  say(text: string): void;
  /** Cuts the connection as a network would, for so many milliseconds (demo, tests). */
  drop(ms?: number): void;
}

declare global {
  interface Window {
    Honeydesk?: HoneydeskApi;
  }
}

const DEEP_LINK = /^#honeydesk=([A-Za-z0-9_.:@-]{1,80})$/;

function settingsOf(script: HTMLScriptElement | null): Settings {
  const data = script?.dataset ?? {};
  return {
    base: data.honeydeskUrl || (script?.src ? new URL(script.src).origin : location.origin),
    locale: data.locale || document.documentElement.lang || navigator.language,
    entry: data.entry === "top-right" ? "top-right" : "bottom-right",
    page: data.mode === "page",
    theme: data.theme ?? "",
    topic: data.topic || "support",
  };
}

function start(settings: Settings): void {
  if (window.Honeydesk) return;
  customElements.define("honeydesk-widget", HoneydeskWidget);
  const element = document.createElement("honeydesk-widget") as HoneydeskWidget;
  document.body.append(element);
  const widget = new Widget(settings, element);
  window.Honeydesk = {
    open: (what) => widget.open(what),
    close: () => widget.close(),
    identify: (getToken) => widget.identify(getToken),
    say: (text) => widget.say(text),
    drop: (ms) => widget.drop(ms),
  };
  window.dispatchEvent(new Event("honeydesk:ready"));
  const follow = () => {
    const entry = DEEP_LINK.exec(location.hash)?.[1];
    if (entry === undefined) return;
    // Asked once: a reload must not ask again.
    history.replaceState(history.state, "", location.pathname + location.search);
    widget.open({ entry });
  };
  window.addEventListener("hashchange", follow);
  follow();
}

const settings = settingsOf(document.currentScript as HTMLScriptElement | null);
if (document.body) start(settings);
else document.addEventListener("DOMContentLoaded", () => start(settings));
