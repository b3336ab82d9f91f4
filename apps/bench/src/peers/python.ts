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

/** PyTorch from here on compiles in any Python that runs it, and fuses AdamW on processors. */
const LEAST = [2, 4] as const;

/** The first Python with a PyTorch from 2.4 on: `TRIVIUM_PYTHON`, else those in PATH and of the system. */
export async function findTorch(executables: readonly string[] = known()): Promise<TorchPython | Absent> {
  const found = [];
  for (const executable of executables) {
    try {
      const { stdout } = await promisify(execFile)(executable, ["-c", "import torch; print(torch.__version__)"]);
      const version = stdout.trim();
      if (isRecent(version)) return { executable, version };
      found.push(`${executable} has ${version}`);
    } catch {
      // The next one may have it.
    }
  }
  return {
    name: "torch",
    reason: `no Python with PyTorch ${LEAST.join(".")} or newer (${found.join(", ") || `tried ${executables.join(", ")}`})`,
    remedy: "pip install torch, as docs/peers.md says, and name that Python in TRIVIUM_PYTHON",
  };
}

/** @example isRecent("2.15.0+cu132") // => true */
export function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

const known = (): readonly string[] => {
  const named = process.env.TRIVIUM_PYTHON;
  return named === undefined ? candidates : [named];
};
