// The agent console: app/static/console/, page served at /console/, assets under /static/console/.
import { defineConfig } from "vite";

export default defineConfig({
  root: "console",
  base: "/static/console/",
  oxc: { jsx: { runtime: "automatic", importSource: "react" } },
  build: {
    outDir: "../../app/static/console",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    // A data: URL would need img-src/font-src data: in the CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
