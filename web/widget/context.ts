import { createContext, h } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { Chat } from "../client/chat";
import { bubble, type BubbleProps } from "../ui/bubble";
import { renderer, type CreateElement, type Renderer } from "../ui/render";
import type { VNode } from "preact";
import type { Words } from "./texts";

/** What every part of the widget needs. */
export interface Desk {
  chat: Chat;
  words: Words;
  markup: Renderer<VNode>;
  Bubble: (props: BubbleProps<VNode>) => VNode;
}

export function desk(chat: Chat, words: Words): Desk {
  const create = h as unknown as CreateElement<VNode>;
  const markup = renderer(create, (kind) => words.t("m_pill", { kind: words.secrets([kind]) }));
  return { chat, words, markup, Bubble: bubble(create, markup) };
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const found = useContext(DeskContext);
  if (found === null) throw new Error("outside of the widget");
  return found;
}

/** Renders again after every change of the chat. */
export function useChat(chat: Chat): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => chat.subscribe(() => again(undefined as never)), [chat]);
}

/** Renders again every so many milliseconds, for clocks. */
export function useTick(ms: number): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => again(undefined as never), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
