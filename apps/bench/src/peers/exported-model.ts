import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UnsupportedError } from "@trivium/core";
import { type Absent, isAbsent } from "../contender.ts";
import { ownFile } from "../provenance.ts";
import { findTorch } from "./python.ts";

type ExportSettings = Readonly<Record<string, string | number>>;

/**
 * Returns the folder of a model that a script of `peers/` exports to ONNX; of the same sizes it is exported once, and stays
 * in the system's temporary folder.
 *
 * @throws {UnsupportedError} `bench/peer` if the script fails for another reason than a package that it lacks.
 */
export async function exportedModel(
  script: string,
  sizes: ExportSettings,
): Promise<{ readonly path: string } | Absent> {
  const key = createHash("sha256").update(JSON.stringify(sizes)).digest("hex").slice(0, 12);
  const path = join(tmpdir(), `trivium-bench-onnx-${key}`);
  // The last file that each script writes.
  if (existsSync(join(path, "config.json"))) return { path };
  return exportInto(script, { ...sizes, folder: path });
}

/**
 * Exports a model to ONNX by a script of `peers/`, into the folder that the settings name.
 *
 * @throws {UnsupportedError} `bench/peer` if the script fails for another reason than a package that it lacks.
 */
export async function exportInto(
  script: string,
  settings: ExportSettings & { readonly folder: string },
): Promise<{ readonly path: string } | Absent> {
  const python = await findTorch();
  if (isAbsent(python)) return { ...python, name: "onnxruntime" };
  try {
    await promisify(execFile)(python.executable, [ownFile(`peers/${script}`), JSON.stringify(settings)]);
    return { path: settings.folder };
  } catch (error) {
    if (/No module named/.test(String(error))) {
      const remedy = "pip install onnx onnxscript onnxruntime transformers into the Python that TRIVIUM_PYTHON names";
      return { name: "onnxruntime", reason: `${script} lacks a package`, remedy };
    }
    throw new UnsupportedError("bench/peer", `${script} under ${python.executable} failed: ${error}`, { cause: error });
  }
}
