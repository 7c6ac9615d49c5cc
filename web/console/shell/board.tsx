import { createContext, useContext, useSyncExternalStore } from "react";
import type { Desk } from "../desk/model";
import type { Station } from "./station";

export type Tab = "chats" | "tickets";
export type Mode = "reply" | "note";
export type Dialog = "transfer" | "close" | null;

/** What is open on the screen and belongs to nobody's knowledge. */
export interface Board {
  tab: Tab;
  mode: Mode;
  dialog: Dialog;
  panel: boolean;
  help: boolean;
}

export interface Place {
  station: Station;
  board: Board;
  show(to: Partial<Board>): void;
  signOut(): void;
}

export const PlaceContext = createContext<Place | null>(null);

export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (place === null) throw new Error("outside the workplace");
  return place;
}

/** The whole desk, or the part of it that `pick` names; `pick` must return the same value for the same desk. */
export function useDesk(): Desk {
  const { station } = usePlace();
  return useSyncExternalStore(station.subscribe, station.snapshot);
}
