// One file for one script tag: app/static/widget.js.
import { defineConfig } from "vite";
import { columns } from "./scripts/columns.mjs";

export default defineConfig({
  plugins: [columns()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "../app/static",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "widget/main.ts", formats: ["iife"], name: "HoneydeskWidget", fileName: () => "widget.js" },
  },
});
