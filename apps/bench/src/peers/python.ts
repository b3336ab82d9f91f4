import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Absent } from "../contender.ts";

/** A Python that has PyTorch. */
export interface TorchPython {
  readonly executable: string;
  /** Version of PyTorch. */
  readonly version: string;
}

/** Debian's own Python has Debian's PyTorch, and another one may come first in PATH. */
const candidates = ["python3", "/usr/bin/python3", "/usr/local/bin/python3", "python"];

/** The first Python with PyTorch: `TRIVIUM_PYTHON`, else those in PATH and of the system. */
export async function findTorch(executables: readonly string[] = known()): Promise<TorchPython | Absent> {
  for (const executable of executables) {
    try {
      const { stdout } = await promisify(execFile)(executable, ["-c", "import torch; print(torch.__version__)"]);
      return { executable, version: stdout.trim() };
    } catch {
      // The next one may have it.
    }
  }
  return {
    name: "torch",
    reason: `no Python with PyTorch (tried ${executables.join(", ")})`,
    remedy: "apt-get install python3-torch, or name a Python that has it in TRIVIUM_PYTHON",
  };
}

const known = (): readonly string[] => {
  const named = process.env.TRIVIUM_PYTHON;
  return named === undefined ? candidates : [named];
};
