import { h } from "preact";
import { describe, expect, it } from "vitest";
import { inline, markdown, plain, safeLink } from "../ui/markdown";
import { renderer, words, type CreateElement } from "../ui/render";

const tags = (text: string) => {
  const seen: string[] = [];
  const spy = ((type: string, props: Record<string, unknown> | null, ...children: unknown[]) => {
    seen.push(type);
    return { type, props, children };
  }) as unknown as CreateElement<object>;
  const tree = renderer(spy, (kind) => `[${kind}]`).markdown(text);
  return { seen, json: JSON.stringify(tree) };
};

describe("links", () => {
  it.each([
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "http://plain.example", "//other.example", "/relative",
    "https://user:pass@example.com", "https://", "vbscript:x", " https://space.example",
  ])("%s is not linked", (target) => expect(safeLink(target)).toBeNull());

  it("are opened apart from the page, without telling where from", () => {
    const { json } = tags("[state](https://status.example.com)");
    expect(json).toContain('"rel":"noopener noreferrer nofollow"');
    expect(json).toContain('"href":"https://status.example.com/"');
  });

  it("that are refused stay readable", () => {
    const { seen, json } = tags("[click](javascript:alert(1)) me");
    expect(seen).not.toContain("a");
    expect(json).toContain("click");
  });

  it("end before the sentence does", () => {
    expect(inline("见 https://a.example/x。谢谢")).toMatchObject([
      { kind: "text" }, { kind: "link", href: "https://a.example/x" }, { kind: "text", text: "。谢谢" },
    ]);
    expect(inline("See https://a.example/x.").at(-1)).toEqual({ kind: "text", text: "." });
  });
});

describe("markdown", () => {
  it("never makes markup of text", () => {
    const { seen, json } = tags('<img src=x onerror=alert(1)> <script>1</script>\n\n- <b>x</b>');
    expect(new Set(seen)).toEqual(new Set(["div", "p", "ul", "li"]));
    expect(json).toContain("<img src=x onerror=alert(1)>");
  });

  it("reads an answer: steps, bold, code, a nested list, a paragraph after", () => {
    const blocks = markdown("1. 打开 **资产**\n2. 复制 `TxID`\n   - 网络\n   - Memo\n\n完成。");
    expect(blocks).toMatchObject([
      { kind: "list", ordered: true, items: [{}, { nested: [{ kind: "list", ordered: false, items: [{}, {}] }] }] },
      { kind: "paragraph" },
    ]);
  });

  it("goes on counting where a list was interrupted", () => {
    expect(markdown("3. drei").at(0)).toMatchObject({ ordered: true, start: 3 });
  });

  it("shows a masked secret as a pill, also in what a customer typed", () => {
    expect(plain("my ⟦masked:seed_phrase⟧ words")).toMatchObject([{}, { kind: "masked", secret: "seed_phrase" }, {}]);
    expect(inline("⟦masked:otp⟧")).toEqual([{ kind: "masked", secret: "otp" }]);
  });

  it("does not link or format what a customer typed", () => {
    expect(plain("**https://evil.example**")).toEqual([{ kind: "text", text: "**https://evil.example**" }]);
  });

  it.each(["*".repeat(5_000), "[".repeat(5_000), "`".repeat(4_999), "- ".repeat(2_000), "**a ".repeat(1_000), "[a](".repeat(1_000)])(
    "stays fast on nonsense",
    (text) => {
      const began = performance.now();
      markdown(text);
      expect(performance.now() - began).toBeLessThan(500);
    },
  );

  it("becomes plain words for a file", () => {
    expect(words("**A** [b](https://c.example) ⟦masked:otp⟧")).toBe("A b (https://c.example/) •••");
  });

  it("works with Preact's own h", () => {
    const vnode = renderer(h as unknown as CreateElement<ReturnType<typeof h>>, (k) => k).markdown("**x**");
    expect(vnode.type).toBe("div");
  });
});
