import { readFileSync } from "node:fs";
import { arch, cpus } from "node:os";
import type { Prepared } from "@trivium/compose";
import type { RankFacts } from "@trivium/distributed";
import { ownVersion } from "../own-package.ts";

/** Extensions of processors that kernels and libraries choose their code by. */
const extension = /^(avx|fma|sse4|amx|bf16|f16c|asimd|fp16|sve|i8mm)/;

/** Returns the facts in which the ranks of a training must not differ. Paths may differ from machine to machine. */
export function rankFacts(
  { recipe, identity }: Pick<Prepared, "recipe" | "identity">,
  numericIdentity: Readonly<Record<string, string>>,
): RankFacts {
  const shared = { ...recipe, plugins: undefined, data: undefined, tokenizer: undefined, from: undefined };
  return { run: { version: ownVersion(), recipe: shared, ...identity }, arithmetic: machineFacts(numericIdentity) };
}

/** Returns the facts of this machine that decide the last bits of what it computes. */
export const machineFacts = (numericIdentity: Readonly<Record<string, string>>): RankFacts["arithmetic"] => ({
  ...numericIdentity,
  node: process.version,
  processor: processorFeatures(),
});

/** The extensions of this machine's processor as Linux tells them, elsewhere the name of its model. */
function processorFeatures(): string {
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    const words = line.split(/\s+/).filter((word) => extension.test(word));
    if (words.length > 0) return [arch(), ...words.toSorted()].join(" ");
  } catch {
    // Not Linux.
  }
  return `${arch()} ${cpus()[0]?.model ?? ""}`;
}
