import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import type { Backend } from "@trivium/tensor";
import type { Absent } from "../contender.ts";
import { useBackend } from "../contenders/engines.ts";

/** tfjs's own backends as peers, and the names under which Trivium has them. */
export const tfjsPeers = { "tfjs-cpu": "cpu", "tfjs-wasm": "wasm", "tfjs-tensorflow": "tfjs-node" } as const;
export type TfjsPeer = keyof typeof tfjsPeers;

export const isTfjsPeer = (peer: string): peer is TfjsPeer => peer in tfjsPeers;

const registry = createRegistry(presets);

/** Activates tfjs's backend; what makes it the current one again, or why it is not there. */
export async function tfjsPeer(peer: TfjsPeer): Promise<{ readonly name: TfjsPeer; use(): Promise<void> } | Absent> {
  const backend: Backend = registry.get("backend", tfjsPeers[peer]);
  const probe = await backend.probe();
  if (!probe.available) return { name: peer, reason: probe.reason, remedy: probe.remedy };
  return { name: peer, use: await useBackend(backend) };
}
