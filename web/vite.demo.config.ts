// The demo page: app/static/demo/, page served at /demo, assets under /static/demo/.
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
  },
});
