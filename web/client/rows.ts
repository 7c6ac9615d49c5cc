/** The header that rows of both surfaces share. */
export interface LogRow {
  conversation: string;
  seq: number;
  id: string | null;
}

/** One conversation's rows in order, each number once. A row that came from the log replaces one that was put here
 * provisionally from an acknowledgement. The array is not changed; the same array comes back when nothing is new. */
export function placed<R extends LogRow>(rows: readonly R[], row: R, provisional: (r: R) => boolean): readonly R[] {
  let at = rows.length;
  while (at > 0 && rows[at - 1]!.seq >= row.seq) at -= 1;
  const there = rows[at];
  if (there?.seq !== row.seq) return [...rows.slice(0, at), row, ...rows.slice(at)];
  if (provisional(there) && !provisional(row)) return [...rows.slice(0, at), row, ...rows.slice(at + 1)];
  return rows;
}
