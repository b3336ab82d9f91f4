import type { Backend } from "@trivium/tensor";
import type { Absent, Subject } from "../contender.ts";
import { useBackend } from "../contenders/engines.ts";
import { plugins } from "../plugins.ts";

/** tfjs's own backends as peers, and the names under which Trivium has them. */
const tfjsPeers = { "tfjs-cpu": "cpu", "tfjs-wasm": "wasm", "tfjs-tensorflow": "tfjs-node" } as const;
export type TfjsPeer = keyof typeof tfjsPeers;

export const isTfjsPeer = (peer: string): peer is TfjsPeer => peer in tfjsPeers;

/** Activates tfjs's backend, and returns it with what makes it the current one again, or why it is not there. */
export async function tfjsPeer(name: TfjsPeer): Promise<Subject | Absent> {
  const backend: Backend = plugins.get("backend", tfjsPeers[name]);
  const probe = await backend.probe();
  if (!probe.available) return { name, reason: probe.reason, remedy: probe.remedy };
  return { name, precision: "f32", backend, use: await useBackend(backend) };
}
