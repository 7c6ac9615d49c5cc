/** The part of Markdown that answers use, as a tree. Nothing here makes HTML: a renderer turns the tree into elements
 * one by one, so that text can never become markup. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "strong" | "em"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; href: string; children: Inline[] }
  | { kind: "masked"; secret: string }
  | { kind: "break" };

export type Block =
  | { kind: "paragraph" | "heading" | "quote"; children: Inline[] }
  | { kind: "list"; ordered: boolean; start: number; items: { children: Inline[]; nested: Block[] }[] }
  | { kind: "pre"; text: string };

const MASKED = /⟦masked:([a-z_]{1,40})⟧/;
/** Tried in this order at the earliest place where one matches. */
const INLINE =
  /(?<code>`[^`\n]+`)|\[(?<label>[^\]\n]{1,300})\]\((?<target>[^()\s]{1,1000})\)|\*\*(?<strong>(?!\s)[^\n]+?)\*\*|(?<![\w*])\*(?<em>(?!\s)[^*\n]+?)\*(?!\w)|(?<url>https:\/\/[^\s<>"'`，。；！？、）】》⟦]{1,1000})|⟦masked:(?<masked>[a-z_]{1,40})⟧|(?<newline>\n)/;

/** An address that may be linked, or null: https only, without credentials in it. */
export function safeLink(target: string): string | null {
  if (!/^https:\/\//i.test(target) || !URL.canParse(target)) return null;
  const url = new URL(target);
  return url.protocol === "https:" && url.username === "" && url.password === "" ? url.href : null;
}

/** What a person typed: no markup but line breaks and masked secrets. Links are not made of what people type. */
export function plain(text: string): Inline[] {
  return text.split("\n").flatMap((line, index): Inline[] => {
    const parts = line.split(new RegExp(MASKED, "g"));
    const inline = parts.map((part, at): Inline => (at % 2 ? { kind: "masked", secret: part } : { kind: "text", text: part }));
    return index > 0 ? [{ kind: "break" }, ...inline] : inline;
  });
}

export function inline(text: string, depth = 0): Inline[] {
  const result: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const match = depth < 4 ? INLINE.exec(rest) : null;
    if (!match?.groups) break;
    const { code, label, target, strong, em, url, masked, newline } = match.groups;
    let length = match[0].length;
    if (match.index > 0) result.push({ kind: "text", text: rest.slice(0, match.index) });
    if (code !== undefined) result.push({ kind: "code", text: code.slice(1, -1) });
    else if (strong !== undefined) result.push({ kind: "strong", children: inline(strong, depth + 1) });
    else if (em !== undefined) result.push({ kind: "em", children: inline(em, depth + 1) });
    else if (masked !== undefined) result.push({ kind: "masked", secret: masked });
    else if (newline !== undefined) result.push({ kind: "break" });
    else if (label !== undefined && target !== undefined) {
      const href = safeLink(target);
      // A link that is not allowed stays readable as what it says.
      result.push(...(href ? [{ kind: "link" as const, href, children: inline(label, 4) }] : inline(label, depth + 1)));
    } else if (url !== undefined) {
      const shown = url.replace(/[.,;:!?)]+$/, "");
      const href = safeLink(shown);
      length = shown.length;
      const text: Inline = { kind: "text", text: shown };
      result.push(href ? { kind: "link", href, children: [text] } : text);
    }
    rest = rest.slice(match.index + length);
  }
  if (rest !== "") result.push({ kind: "text", text: rest });
  return result;
}

const ITEM = /^(\s*)(?:[-*+•]|(\d{1,4})[.)、])\s+(.*)$/;

export function markdown(text: string): Block[] {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"), 0);
}

function blocks(lines: string[], depth: number): Block[] {
  const result: Block[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length) result.push({ kind: "paragraph", children: inline(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!;
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const quote = /^>\s?(.*)$/.exec(line);
    if (line.startsWith("```")) {
      flush();
      const end = lines.findIndex((l, index) => index > at && l.startsWith("```"));
      const stop = end === -1 ? lines.length : end;
      result.push({ kind: "pre", text: lines.slice(at + 1, stop).join("\n") });
      at = stop;
    } else if (line.trim() === "") flush();
    else if (heading) {
      flush();
      result.push({ kind: "heading", children: inline(heading[1]!) });
    } else if (quote) {
      flush();
      result.push({ kind: "quote", children: inline(quote[1]!) });
    } else if (ITEM.test(line) && depth < 3) {
      flush();
      const { list, next } = listAt(lines, at, depth);
      result.push(list);
      at = next - 1;
    } else paragraph.push(line.trim());
  }
  flush();
  return result;
}

function listAt(lines: string[], from: number, depth: number): { list: Block; next: number } {
  const first = ITEM.exec(lines[from]!)!;
  const indent = first[1]!.length;
  const ordered = first[2] !== undefined;
  const items: { children: Inline[]; nested: Block[] }[] = [];
  let at = from;
  while (at < lines.length) {
    const item = ITEM.exec(lines[at]!);
    if (!item || item[1]!.length !== indent || (item[2] !== undefined) !== ordered) break;
    const inner: string[] = [];
    at += 1;
    // What is indented deeper belongs to the item; one blank line may stand between items.
    while (at < lines.length) {
      const line = lines[at]!;
      const deeper = /^\s*/.exec(line)![0].length > indent;
      const blankInside = line.trim() === "" && continues(lines[at + 1], indent, ordered);
      if (!(deeper && line.trim() !== "") && !blankInside) break;
      inner.push(line);
      at += 1;
    }
    items.push({ children: inline(item[3]!), nested: blocks(inner, depth + 1) });
  }
  return { list: { kind: "list", ordered, start: Number(first[2] ?? 1), items }, next: at };
}

function continues(line: string | undefined, indent: number, ordered: boolean): boolean {
  if (line === undefined || line.trim() === "") return false;
  const item = ITEM.exec(line);
  if (item && item[1]!.length === indent) return (item[2] !== undefined) === ordered;
  return /^\s*/.exec(line)![0].length > indent;
}
