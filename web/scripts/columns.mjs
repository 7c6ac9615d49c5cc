// The widget's words are written as one object per language. In the bundle their names stand once, the words as one
// string per language: half a kilobyte less on the wire.
const LANGUAGE = /widget\/texts\/(?:zh-cn|zh-tw|en)\.ts$/;
const KEYS = "virtual:text-keys";
let names;

function table(code) {
  const source = code.replace(/^import type.*$/gm, "").replace(/^export type.*$/gm, "").replace(/export const (\w+)(?:: Texts)? =/, "return");
  const name = /export const (\w+)/.exec(code)[1];
  return { name, words: new Function(source)() };
}

export function columns() {
  return {
    name: "columns",
    enforce: "pre",
    resolveId: (id) => (id === KEYS ? `\0${KEYS}` : null),
    load: (id) =>
      id === `\0${KEYS}`
        ? `const names = ${JSON.stringify(names.join("|"))}.split("|");
           export const unpack = (words) => Object.fromEntries(words.split("|").map((word, at) => [names[at], word]));`
        : null,
    transform(code, id) {
      if (!LANGUAGE.test(id)) return null;
      const { name, words } = table(code);
      names ??= Object.keys(words).sort();
      const missing = names.filter((key) => words[key] === undefined || words[key].includes("|"));
      if (missing.length || names.length !== Object.keys(words).length) throw new Error(`${id}: ${missing}`);
      const packed = JSON.stringify(names.map((key) => words[key]).join("|"));
      return { code: `import { unpack } from "${KEYS}"; export const ${name} = /* @__PURE__ */ unpack(${packed});`, map: null };
    },
  };
}
