/**
 * Compiles the kernels twice and writes `src/generated/kernels.ts`, which holds both builds as base64; bundles the
 * program of a worker and writes it as a string to `src/generated/worker.ts`; and writes the kernels' signatures and the fields
 * of attention's `Problem` to `src/generated/wasm-exports.ts` and `src/generated/problem-fields.ts`.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import { problemFieldsSource } from "./problem-fields-source.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const flags = [
  "--runtime stub --noAssert -O3 --converge",
  // The constants of the kernels lie in the first page; every instance over the same memory writes the same bytes there.
  "--importMemory --noExportMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --memoryBase 1024",
  "--enable simd --enable threads",
  // "usize to u32 needs a cast between 32 and 64 bits": the memory is 32-bit.
  "--disableWarning 201",
].flatMap((line) => line.split(" "));

interface Compiled {
  readonly binary: Uint8Array;
  /** TypeScript's declarations of the exports. */
  readonly declarations: string;
}

async function compile(extra: readonly string[]): Promise<Compiled> {
  let binary: Uint8Array | undefined;
  let declarations = "";
  const files = ["assembly/index.ts", "--outFile", "kernels.wasm", "--baseDir", root];
  const { error, stderr } = await asc.main([...files, ...flags, ...extra], {
    writeFile(name, contents) {
      if (name.endsWith(".wasm")) binary = contents as Uint8Array;
      if (name.endsWith(".d.ts")) declarations = String(contents);
    },
  });
  if (error || !binary) throw new Error(`asc failed:\n${stderr.toString()}`, { cause: error });
  return { binary, declarations };
}

/** The declared functions as methods; they take and return numbers alone. */
function exportsSource(declarations: string): string {
  const methods = [...declarations.matchAll(/export function (.*;)\n/g)].map(([, method]) => `  ${method}\n`);
  return `/** Written by \`pnpm generate\` from assembly/: the functions that the kernels export. */
export interface WasmExports {
${methods.join("").replaceAll("boolean", "number")}}
`;
}

async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/src/worker.ts`],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2023",
    minify: true,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

const { binary: plain, declarations } = await compile(["--bindings", "raw"]);
const { binary: relaxed } = await compile(["--enable", "relaxed-simd"]);
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 12);
const literal = (bytes: Uint8Array) => `"${Buffer.from(bytes).toString("base64")}"`;

mkdirSync(`${root}/src/generated`, { recursive: true });
writeFileSync(
  `${root}/src/generated/kernels.ts`,
  `/** Written by \`pnpm generate\` from assembly/: each build of the kernels, as base64. */
export const kernels = {
  plain: ${literal(plain)},
  relaxed: ${literal(relaxed)},
} as const;

/** The first 12 digits of each build's SHA-256. */
export const kernelHashes = { plain: "${hash(plain)}", relaxed: "${hash(relaxed)}" } as const;
`,
);
writeFileSync(
  `${root}/src/generated/worker.ts`,
  `/** Written by \`pnpm generate\` from src/worker.ts: the program of each worker. */
export const workerSource = ${JSON.stringify(await bundleWorker())};
`,
);
writeFileSync(
  `${root}/src/generated/problem-fields.ts`,
  problemFieldsSource(readFileSync(`${root}/assembly/attention/problem.ts`, "utf8")),
);
writeFileSync(`${root}/src/generated/wasm-exports.ts`, exportsSource(declarations));
console.log(`kernels: plain ${plain.length} bytes, relaxed ${relaxed.length} bytes`);
