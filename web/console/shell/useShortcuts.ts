import { useEffect } from "react";
import { bells, isMine, mine, ringing } from "../desk/select";
import { usePlace } from "./board";

/** Keys work from everywhere, also while typing: all need Alt, read by position so that Option on a Mac works too. */
export function useShortcuts(): void {
  const { station, show, board } = usePlace();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
      const desk = station.desk;
      const selected = desk.selected?.kind === "conversation" ? desk.selected.id : null;
      const own = selected !== null && isMine(desk, desk.cards[selected]);
      const first = ringing(desk)[0]?.card.conversation;
      const actions: Record<string, (() => void) | undefined> = {
        KeyA: first ? () => station.wish({ type: "accept", conversation: first }) : undefined,
        KeyP: first ? () => station.wish({ type: "pass", conversation: first }) : undefined,
        KeyN: own ? () => show({ mode: board.mode === "note" ? "reply" : "note" }) : undefined,
        KeyT: own ? () => show({ dialog: "transfer" }) : undefined,
        KeyC: own ? () => show({ dialog: "close" }) : undefined,
        KeyR: desk.me ? () => station.wish({ type: "presence", ready: !station.desk.me?.ready }) : undefined,
        KeyK: () => show({ tab: board.tab === "chats" ? "tickets" : "chats" }),
        KeyI: () => show({ panel: !board.panel }),
        KeyS: () => {
          const bell = bells(desk)[0];
          if (bell) station.wish({ type: "alarm", conversation: bell.conversation });
        },
        Slash: () => show({ help: !board.help }),
      };
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const nth = digit ? mine(desk)[Number(digit) - 1] : undefined;
      const action = nth
        ? () => {
            show({ tab: "chats" });
            station.input({ type: "select", selected: { kind: "conversation", id: nth.conversation } });
          }
        : actions[event.code];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [station, show, board]);
}
