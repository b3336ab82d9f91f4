import type { AnyPlugin } from "@trivium/registry";
import { createRegistry } from "@trivium/registry";
import { type Mask, type MaskPlugin, type MaskPlugins, mask } from "./mask.ts";
import { causal } from "./primitives/causal.ts";
import { dense } from "./primitives/dense.ts";
import { documents } from "./primitives/documents.ts";
import { full } from "./primitives/full.ts";
import { padding } from "./primitives/padding.ts";
import { prefix } from "./primitives/prefix.ts";
import { window } from "./primitives/window.ts";

/** The primitives as plugins, so that a registry, a flag or a text can name them. */
export const maskPlugins = [
  mask("full", full, { description: "Every query sees every key." }),
  mask("causal", causal, { description: "A query sees itself and earlier keys.", parameters: ["offset"] }),
  mask("prefix", prefix, { description: "Every query sees the first keys.", parameters: ["lengths"] }),
  mask("window", window, { description: "A query sees keys near itself.", parameters: ["left", "right"] }),
  mask("padding", padding, { description: "Hides keys past the real length.", parameters: ["lengths"] }),
  mask("documents", documents, {
    description: "A query sees keys of its own packed document.",
    parameters: ["ids", "keyIds"],
  }),
  mask("dense", dense, { description: "A matrix of ones and zeros.", parameters: ["values", "shape", "ones"] }),
] as const;

/** Finds and calls mask plugins by name: ours, and those of the caller. */
export interface MaskResolver {
  readonly names: readonly string[];
  has(name: string): boolean;
  parameters(name: string): readonly string[];
  create(name: string, options: unknown): Mask;
}

/**
 * Resolves names among our plugins and the caller's, with their schemas.
 *
 * @throws {ConfigError} `registry/duplicate` if the caller's plugin has the name of one of ours.
 */
export function createMaskResolver(extra: MaskPlugins = []): MaskResolver {
  const given: readonly AnyPlugin[] = "plugins" in extra ? extra.plugins : extra;
  const ours: readonly AnyPlugin[] = maskPlugins;
  const theirs = given.filter((one) => one.kind === "mask" && !ours.includes(one));
  const registry = createRegistry<AnyPlugin>([...ours, ...theirs]);
  const names: readonly string[] = registry.names("mask");
  return {
    names,
    has: (name) => names.includes(name),
    parameters: (name) => (registry.find("mask", name) as MaskPlugin).parameters ?? [],
    create: (name, options) => registry.create("mask", name, options) as Mask,
  };
}
