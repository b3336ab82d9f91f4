/**
 * Packs the npm packages with OpenBLAS for a release: `pnpm openblas-packages FOLDER [TARGET…] [--from WHEELS]`. Publish each
 * of the tarballs before `@trivium/backend-simd`, whose tarball names them as optional dependencies.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { openblasWheels } from "../packages/backend-simd/src/setup/openblas-wheels.ts";
import { packOpenblas } from "./packing/pack-openblas.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: "string" } } });
const [folder, ...targets] = positionals;
if (folder === undefined) throw new Error("usage: pnpm openblas-packages FOLDER [TARGET…] [--from WHEELS]");
for (const target of targets.length > 0 ? targets : openblasWheels.keys()) {
  console.log(await packOpenblas(target, resolve(folder), values.from));
}
