// Generates web/protocol/*.ts from the schemas that the server's own frames are validated with.
// `--check` writes nothing and fails when a committed file differs.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(web);
const venv = join(root, ".venv", "bin", "python");
const python = process.env.HONEYDESK_PYTHON ?? (existsSync(venv) ? venv : "python3");

/** File name to contents, freshly generated. */
export async function generated() {
  const text = execFileSync(python, ["-m", "app.wire.export"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 24 });
  const files = {};
  for (const [name, schema] of Object.entries(JSON.parse(text))) {
    const source = await compile(schema, schema.title, {
      bannerComment: "// Generated from app/wire by `npm run protocol`. Do not edit.",
      additionalProperties: false,
      style: { printWidth: 120 },
      unreachableDefinitions: true,
      ignoreMinAndMaxItems: true,
    });
    files[`${name}.ts`] = source
      .replace(/\/\*\*\n \* This interface was referenced by[^/]*\*\/\n/g, "")
      .replace(/ \*\n \* This interface was referenced by[^/]*\*\/\n/g, " */\n");
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  let stale = 0;
  for (const [name, text] of Object.entries(await generated())) {
    const path = join(web, "protocol", name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    stale += 1;
    if (check) console.error(`protocol/${name} differs from app/wire`);
    else writeFileSync(path, text);
  }
  if (check && stale > 0) process.exit(1);
}
