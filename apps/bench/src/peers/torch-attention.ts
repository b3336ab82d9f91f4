import { deflateSync } from "node:zlib";
import { toIntervals } from "@trivium/masks";
import { type Absent, type Contender, isAbsent } from "../contender.ts";
import type { AttentionWork } from "../contenders/attention-contender.ts";
import type { EngineOptions } from "../options.ts";
import { torchContenders } from "./torch-process.ts";

/** Attention by PyTorch's `scaled_dot_product_attention`, in each precision; or why there is none. */
export async function torchAttention(
  work: AttentionWork,
  options: Pick<EngineOptions, "precision" | "threads">,
): Promise<((Contender & { readonly work: AttentionWork }) | Absent)[]> {
  const { batch, heads, length, width, mask, label } = work;
  const found = toIntervals(mask, { queries: length, keys: length });
  if ("reason" in found) {
    const remedy = "Leave --peers torch out, or give a mask whose queries each see one run of keys";
    return [
      { name: "torch", reason: `its mask is written as runs of keys, and under "${label}" ${found.reason}`, remedy },
    ];
  }
  const { start, end } = found.intervals;
  const settings = { batch, heads, length, width, starts: packed(start), ends: packed(end) };
  const contenders = await torchContenders("torch_attention.py", work, { ...options, settings });
  return contenders.map((one) => (isAbsent(one) ? one : { ...one, work }));
}

/** Differences from query to query, deflated: an argument of a program has at most 128 KiB. */
export function packed(positions: Int32Array): string {
  const differences = positions.map((position, query) => position - (positions[query - 1] ?? 0));
  return deflateSync(new Uint8Array(differences.buffer)).toString("base64");
}
