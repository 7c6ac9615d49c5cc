import { inline, markdown, plain, type Block, type Inline } from "./markdown";

/** `h` of Preact or `createElement` of React: the two surfaces share what a message looks like, not a framework. */
export type CreateElement<N> = (type: string, props: Record<string, unknown> | null, ...children: (N | string)[]) => N;

/** Names of kinds of secrets in the reader's language, e.g. `seed_phrase` -> "Seed phrase removed". */
export type MaskedLabel = (secret: string) => string;

export interface Renderer<N> {
  /** An answer of the bot, a checklist, an agent's words. */
  markdown(text: string): N;
  /** What a customer typed: shown as it is. */
  plain(text: string): N;
}

export function renderer<N>(h: CreateElement<N>, maskedLabel: MaskedLabel): Renderer<N> {
  const one = (node: Inline, key: number): N | string => {
    switch (node.kind) {
      case "text":
        return node.text;
      case "strong":
      case "em":
        return h(node.kind, { key }, ...many(node.children));
      case "code":
        return h("code", { key }, node.text);
      case "break":
        return h("br", { key });
      case "masked":
        return h("span", { key, className: "hd-masked" }, maskedLabel(node.secret));
      case "link":
        return h(
          "a",
          { key, href: node.href, target: "_blank", rel: "noopener noreferrer nofollow", referrerPolicy: "no-referrer" },
          ...many(node.children),
        );
    }
  };
  const many = (nodes: Inline[]) => nodes.map(one);
  const block = (node: Block, key: number): N => {
    switch (node.kind) {
      case "paragraph":
        return h("p", { key }, ...many(node.children));
      case "heading":
        return h("p", { key, className: "hd-heading" }, ...many(node.children));
      case "quote":
        return h("blockquote", { key }, ...many(node.children));
      case "pre":
        return h("pre", { key }, node.text);
      case "list": {
        const items = node.items.map((item, at) => h("li", { key: at }, ...many(item.children), ...item.nested.map(block)));
        return node.ordered ? h("ol", { key, start: node.start }, ...items) : h("ul", { key }, ...items);
      }
    }
  };
  return {
    markdown: (text) => h("div", { className: "hd-md" }, ...markdown(text).map(block)),
    plain: (text) => h("div", { className: "hd-plain" }, ...many(plain(text))),
  };
}

/** The words without markup, for files and notices. */
export function words(text: string): string {
  const flat = (nodes: Inline[]): string =>
    nodes
      .map((node) => {
        if (node.kind === "text" || node.kind === "code") return node.text;
        if (node.kind === "break") return "\n";
        if (node.kind === "masked") return "•••";
        return node.kind === "link" ? `${flat(node.children)} (${node.href})` : flat(node.children);
      })
      .join("");
  return text.split("\n").map((line) => flat(inline(line))).join("\n");
}
