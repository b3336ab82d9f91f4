import { ConfigError } from "@trivium/core";
import { decodingBytes, type MeasuredModel } from "@trivium/model";
import { type Backend, countSpecs } from "@trivium/tensor";
import { gigabytes, USABLE } from "./fit-memory.ts";

/** Bytes of a weight by the type that it is held in. 32 values of q8 share a scale of two bytes. */
const bytesOfWeight = { f32: 4, bf16: 2, q8: 34 / 32 } as const;

/** The type that weights are held in. */
export type WeightType = keyof typeof bytesOfWeight;

/**
 * Returns the bytes of weights by the type that they are held in.
 *
 * @example weightBytes(1000).bf16 // => 2000
 */
export const weightBytes = (weights: number): Readonly<Record<WeightType, number>> => ({
  f32: bytesOfWeight.f32 * weights,
  bf16: bytesOfWeight.bf16 * weights,
  q8: Math.ceil(bytesOfWeight.q8 * weights),
});

/** A model that is to be held, and what is to hold it. */
export interface ModelFit {
  /** The name of the model in messages. */
  readonly name: string;
  /** Number of its weights. */
  readonly weights: number;
  /** Bytes that a step takes beside the weights. Default 0. */
  readonly running?: number | undefined;
  /** The type that its weights are held in. Default `"f32"`. */
  readonly type?: WeightType | undefined;
  /** Other types that the caller may choose instead. Default: none. */
  readonly others?: readonly WeightType[] | undefined;
  readonly backend: Pick<Backend, "name" | "memory"> | undefined;
}

/**
 * Refuses a model that neither the backend nor the machine can hold.
 *
 * @throws {ConfigError} `compose/model-memory` with the bytes by weight type, those that there are, and what would fit.
 * @example assertModelFits({ name: "a 7B", weights: 7e9, backend: simd }) // throws
 */
export function assertModelFits({ name, weights, running = 0, type = "f32", others = [], backend }: ModelFit): void {
  const { limitBytes, place } = limitOf(backend);
  const usable = USABLE * limitBytes;
  const bytes = weightBytes(weights);
  if (bytes[type] + running <= usable) return;
  const most = Math.floor((usable - running) / bytesOfWeight[type] / 1e6);
  const fitting = others.filter((other) => bytes[other] + running <= usable);
  const remedy =
    fitting.length > 0
      ? `As ${fitting.map((other) => `${other} they take ${gigabytes(bytes[other])}`).join(", as ")}, which fits`
      : `What fits are ${Math.max(0, most).toLocaleString("en")} million weights: take a smaller model`;
  const beside = running > 0 ? ` and ${gigabytes(running)} beside them` : "";
  const problem = `${name} has ${weights.toLocaleString("en")} weights, which take ${gigabytes(bytes[type])} as ${type}${beside}`;
  const details = { weights, bytes, running, limitBytes, fitting };
  throw new ConfigError("compose/model-memory", `${problem}; ${place} has ${gigabytes(usable)} for it. ${remedy}`, {
    details,
  });
}

/**
 * Returns the bytes at the peak of decoding one token behind another, beside the weights: the least that a model needs.
 *
 * @example leastDecodingBytes(model) < 1e6 // => true
 */
export function leastDecodingBytes(model: MeasuredModel): number {
  const lengths = Object.fromEntries(model.architecture.streams.map((stream) => [stream, 1]));
  return decodingBytes(model, { rows: 1, lengths }, { room: 1, perPrompt: 1 });
}

/** Refuses a composed model that does not fit: see {@link assertModelFits}. */
export const assertComposedFits = (name: string, model: MeasuredModel, backend: ModelFit["backend"]): void =>
  assertModelFits({ name, weights: countSpecs(model.specs), running: leastDecodingBytes(model), backend });

/** The smaller of what the backend's tensors and the machine's memory can take. */
function limitOf(backend: ModelFit["backend"]): { limitBytes: number; place: string } {
  const ofBackend = backend?.memory?.limitBytes ?? Number.POSITIVE_INFINITY;
  const ofMachine = machineBytes();
  if (ofMachine < ofBackend) return { limitBytes: ofMachine, place: "this machine" };
  return { limitBytes: ofBackend, place: `backend "${backend?.name}"` };
}

/** The memory that a process may take here: the machine's, or the share that a container has of it. */
function machineBytes(): number {
  const total = globalThis.process?.getBuiltinModule?.("node:os").totalmem() ?? Number.POSITIVE_INFINITY;
  const constrained = globalThis.process?.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(total, constrained) : total;
}
