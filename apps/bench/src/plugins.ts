import { type AttentionKernel, defaultAttention } from "@trivium/attention";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import type { Backend } from "@trivium/tensor";

/** The shipped plugins, by name. */
export const plugins = createRegistry(presets);

/** Makes an attention kernel by its name. @throws {UnknownPluginError} listing what there is. */
export const attentionNamed = (name: string): AttentionKernel => plugins.create("attention", name as never, {});

/** Makes the kernel that was asked for, or the best one that a backend has. @throws {UnknownPluginError} */
export const attentionFor = (backend: Pick<Backend, "name" | "fused">, asked: string | undefined): AttentionKernel =>
  attentionNamed(asked ?? defaultAttention(backend).name);
