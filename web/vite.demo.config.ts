// The demo: app/static/demo/, page served at /demo, assets and the mock exchange under /static/demo/.
import { defineConfig } from "vite";

export default defineConfig({
  root: "demo",
  base: "/static/demo/",
  build: {
    outDir: "../../app/static/demo",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: "demo/index.html", exchange: "demo/exchange.html" } },
  },
});
