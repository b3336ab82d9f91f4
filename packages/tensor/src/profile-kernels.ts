import { UnsupportedError } from "@trivium/core";
import type { KernelRecord, ProfileSession } from "./profile.ts";
import { tf } from "./tf.ts";

/** The facts of a profile that a backend knows itself, while a session runs. */
export interface ProfileMeter {
  /** Looks at a kernel call that begins; the function that it returns is called at its end, if it does not throw. */
  watch(
    kernelName: string,
    request: KernelRequest,
  ): (span: KernelSpan) => Pick<KernelRecord, "accelerated" | "products">;
  /** Returns the bytes in tensors of the backend, after a kernel call with these outputs. */
  liveBytes(outputs: readonly tf.TensorInfo[]): number;
  /** Returns the most bytes that tensors held at once since the session's start or the last call. */
  takePeak(): number;
  stop(): void;
}

/** The inputs and attributes of a kernel call. */
export type KernelRequest = Parameters<tf.KernelFunc>[0];

/** The time of a kernel call, on the clock of `performance.now()`. */
export type KernelSpan = Pick<KernelRecord, "startMs" | "durationMs">;

/**
 * Returns a function that starts to record the kernel calls of the tfjs backend `name`.
 *
 * While a session runs, tfjs's table holds a timed kernel in the place of each; at its end the old ones are back, so
 * that a backend without a session runs nothing of this.
 *
 * @throws {UnsupportedError} the returned function: `backend/profile` if a session is running already.
 */
export function createProfiler(name: string, start: () => ProfileMeter): () => ProfileSession {
  let running = false;
  return () => {
    if (running)
      throw new UnsupportedError("backend/profile", `a profile of "${name}" is taken already; stop it first`);
    running = true;
    const meter = start();
    let records: KernelRecord[] = [];
    const timed = timer(meter, (record) => void records.push(record));
    const kernels = tf.getKernelsForBackend(name);
    for (const kernel of kernels) replace({ ...kernel, kernelFunc: timed(kernel) });
    return {
      take() {
        const taken = records;
        records = [];
        return { kernels: taken, peakBytes: meter.takePeak() };
      },
      stop() {
        if (!running) return;
        running = false;
        meter.stop();
        for (const kernel of kernels) replace(kernel);
      },
    };
  };
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

/** Makes kernels that record each call that no other kernel made. */
function timer(meter: ProfileMeter, record: (record: KernelRecord) => void) {
  let depth = 0;
  return ({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc =>
    (request) => {
      if (depth > 0) return kernelFunc(request);
      const end = meter.watch(kernelName, request);
      depth++;
      const startMs = performance.now();
      try {
        const made = kernelFunc(request);
        const span = { startMs, durationMs: performance.now() - startMs };
        const outputs = [made].flat();
        const call = describeCall(request.inputs, outputs);
        record({ name: kernelName, ...span, ...call, ...end(span), liveBytes: meter.liveBytes(outputs) });
        return made;
      } finally {
        depth--;
      }
    };
}

/** Shapes and bytes of a kernel call. */
function describeCall(
  inputs: tf.NamedTensorInfoMap,
  outputs: readonly tf.TensorInfo[],
): Pick<KernelRecord, "inputs" | "outputs" | "bytes"> {
  // tfjs names an optional input even where there is none.
  const given = Object.entries(inputs).filter((entry): entry is [string, tf.TensorInfo] => entry[1] != null);
  return {
    inputs: Object.fromEntries(given.map(([name, { shape }]) => [name, shape])),
    outputs: outputs.map(({ shape }) => shape),
    bytes: bytesMoved(
      given.map(([, input]) => input),
      outputs,
    ),
  };
}

/** Each buffer once; nothing for a call that only gives a buffer another shape. */
function bytesMoved(inputs: readonly tf.TensorInfo[], outputs: readonly tf.TensorInfo[]): number {
  const buffers = new Map([...inputs, ...outputs].map((tensor) => [tensor.dataId, tensorBytes(tensor)]));
  const [read, written] = [inputs, outputs].map((tensors) => new Set(tensors.map(({ dataId }) => dataId)));
  if (read!.size === buffers.size && written!.size === buffers.size) return 0;
  return [...buffers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Returns the bytes of a tensor's numbers; 0 for strings. */
export const tensorBytes = ({ shape, dtype }: Pick<tf.TensorInfo, "shape" | "dtype">): number =>
  dtype === "string" ? 0 : tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
