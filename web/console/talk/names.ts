import { useMemo } from "react";
import { useDesk } from "../shell/board";
import type { Names } from "./describe";

/** Agent id -> name, of colleagues and oneself; the id itself when nobody by that id is known. */
export function useNames(): Names {
  const { me, colleagues } = useDesk();
  return useMemo(() => {
    const known = new Map(colleagues.map((person) => [person.id, person.name]));
    if (me !== null) known.set(me.id, me.name);
    return (id) => (id === undefined ? "" : (known.get(id) ?? id));
  }, [me, colleagues]);
}
