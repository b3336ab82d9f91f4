import { cmudict } from "@trivium/data/node";
import { defineConfig, type Plugin } from "vite";

/** Words of the sample of CMUdict. */
const SAMPLE_WORDS = 2000;

/** Writes the first training words of CMUdict beside the page, for the screen of training. */
function cmudictSample(): Plugin {
  return {
    name: "cmudict-sample",
    async generateBundle() {
      const { train } = await cmudict();
      const lines = train
        .slice(0, SAMPLE_WORDS)
        .map((pair) => ("source" in pair ? `${pair.source}\t${pair.target}\n` : ""));
      this.emitFile({ type: "asset", fileName: "cmudict.tsv", source: lines.join("") });
    },
  };
}

export default defineConfig({
  // Relative addresses: the folder works from any path.
  base: "./",
  plugins: [cmudictSample()],
  resolve: { conditions: ["@trivium/source", "browser", "module", "import", "default"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: "dist/page",
    emptyOutDir: true,
    target: "es2023",
    // What each chunk is made of: a test holds the page to its budgets.
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
