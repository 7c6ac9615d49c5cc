import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generated } from "../scripts/protocol.mjs";

it("the committed types are those of the server's schema", { timeout: 60_000 }, async () => {
  for (const [name, text] of Object.entries((await generated()) as Record<string, string>)) {
    expect(readFileSync(new URL(`../protocol/${name}`, import.meta.url), "utf8"), name).toBe(text);
  }
});
