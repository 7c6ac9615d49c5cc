/** The part of `Storage` that is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A full or forbidden storage costs only what should have survived a reload. */
export function keep(shelf: Shelf | null, key: string, value: string): void {
  try {
    shelf?.setItem(key, value);
  } catch (error) {
    console.warn(`honeydesk: ${key} not kept`, error);
  }
}

/** The page's storage, or null where it is forbidden (sandboxed frames, private modes throw on access). */
export function shelf(kind: "localStorage" | "sessionStorage"): Shelf | null {
  try {
    return globalThis[kind] ?? null;
  } catch (error) {
    console.warn(`honeydesk: no ${kind}`, error);
    return null;
  }
}
