import { useSyncExternalStore } from "react";

let now = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Math.floor(Date.now() / 1000);
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Server time in whole seconds, ticking: one timer for all clocks on the page. `skew` is server minus machine. */
export function useNow(skew: number): number {
  return useSyncExternalStore(subscribe, () => now) + skew;
}
