import type { Shelf } from "./outbox";

/** The page's storage, or null where it is forbidden (sandboxed frames, private modes throw on access). */
export function shelf(kind: "localStorage" | "sessionStorage"): Shelf | null {
  try {
    return globalThis[kind] ?? null;
  } catch (error) {
    console.warn(`honeydesk: no ${kind}`, error);
    return null;
  }
}
