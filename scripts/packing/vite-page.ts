import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, preview } from "vite";

/** What the page's `trained` resolves to, of one thread and of two. */
export interface VitePageReport {
  readonly threads: readonly number[];
  readonly losses: readonly (readonly number[])[];
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const html = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="/main.js"></script>
`;

/** A linear map, found by gradient descent; its products are large enough to be shared among threads. */
const script = `import * as tf from "@tensorflow/tfjs-core";
import { createSimdBackend } from "@trivium/backend-simd";

async function train(threads) {
  const simd = createSimdBackend({ name: \`simd-\${threads}\`, threads });
  await simd.activate();
  const x = tf.randomNormal([512, 256], 0, 1, "float32", 1);
  const y = tf.matMul(x, tf.randomNormal([256, 256], 0, 1, "float32", 2));
  const weight = tf.variable(tf.zeros([256, 256]));
  const optimizer = tf.train.sgd(10);
  const step = () => optimizer.minimize(() => tf.losses.meanSquaredError(y, tf.matMul(x, weight)), true).dataSync()[0];
  const losses = Array.from({ length: 20 }, step);
  return { threads: simd.use().threads, losses };
}

globalThis.trained = (async () => {
  const runs = [await train(1), await train(2)];
  return { threads: runs.map(({ threads }) => threads), losses: runs.map(({ losses }) => losses) };
})();
`;

/** A page that trains on one thread and on two, written into a project of its own; its folder. */
export function writeVitePage(directory: string, tarballs: Readonly<Record<string, string>>): string {
  const folder = join(directory, "consumers", "vite-page");
  mkdirSync(folder, { recursive: true });
  const dependencies = {
    "@tensorflow/tfjs-core": "catalog:",
    "@trivium/backend-simd": tarballs["@trivium/backend-simd"],
  };
  const manifest = { name: "vite-page", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "index.html"), html);
  writeFileSync(join(folder, "main.js"), script);
  return folder;
}

/** Builds the page and serves it, cross-origin isolated. */
export async function serveVitePage(root: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  await build({ root, configFile: false, logLevel: "error" });
  const server = await preview({
    ...{ root, configFile: false, logLevel: "error" },
    preview: { host: "127.0.0.1", port: 0, headers: isolation },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
