import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import { tf } from "@trivium/tensor";
import { type ComputeProgram, foldGroups, packNumbers, shaderOf } from "./compute-program.ts";
import type { TfjsInternals } from "./tfjs-internals.ts";

/** One run of a program. */
interface ProgramRun<Buffers extends string, Numbers extends string> {
  /** The tensor of each buffer; one that is missing or empty has a placeholder, which the code must not rely on. */
  readonly buffers: Readonly<Record<Buffers, TensorInfo | undefined>>;
  readonly numbers: Readonly<Record<Numbers, number>>;
  /** Number of workgroups; none is no work. */
  readonly groups: number;
}

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const PLACEHOLDER_BYTES = 16;

/** Records compute programs among those of tfjs, in one order, on the tensors of its WebGPU backend. */
export class Recorder {
  readonly #backend: TfjsInternals;
  readonly #pipelines = new Map<ComputeProgram, Pipeline>();
  readonly #placeholders: GPUBuffer[] = [];

  constructor(backend: TfjsInternals) {
    this.#backend = backend;
  }

  /** Makes an output; its elements are those that programs write. */
  allocate(shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
    const isEmpty = shape.includes(0);
    return this.#backend.makeTensorInfo(
      [...shape],
      dtype,
      isEmpty ? tf.util.getTypedArrayFromDType(dtype as "float32", 0) : undefined,
    );
  }

  /** Makes a tensor of integers. */
  upload(words: Int32Array): TensorInfo {
    return this.#backend.makeTensorInfo([words.length], "int32", words);
  }

  /** Gives up a tensor that no output shares. The device keeps it until its programs have run. */
  release(...tensors: readonly TensorInfo[]): void {
    for (const { dataId } of tensors) this.#backend.disposeData(dataId);
  }

  /** Returns another tensor of the same data, if no other one holds this data; else a copy. */
  takeOver(tensor: TensorInfo): TensorInfo {
    const { shape, dtype, dataId } = tensor;
    if (this.#backend.refCount(dataId) > 1) return this.copyOf(tensor);
    this.#backend.uploadToGPU(dataId);
    // Numbers that were read back would be old ones.
    this.#backend.tensorMap.get(dataId).values = null;
    this.#backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** Copies a tensor. */
  copyOf(tensor: TensorInfo): TensorInfo {
    const copy = this.allocate(tensor.shape, tensor.dtype);
    this.copy({ from: tensor, to: copy, count: tf.util.sizeFromShape(tensor.shape) });
    return copy;
  }

  /** Copies `count` elements between two tensors, without a program. */
  copy(move: {
    readonly from: TensorInfo;
    readonly fromElement?: number;
    readonly to: TensorInfo;
    readonly toElement?: number;
    readonly count: number;
  }): void {
    const { from, fromElement = 0, to, toElement = 0, count } = move;
    if (count === 0) return;
    const [source, target] = [this.#bufferOf(from), this.#bufferOf(to)];
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.commandEncoder?.copyBufferToBuffer(source, 4 * fromElement, target, 4 * toElement, 4 * count);
  }

  /** Writes zeros, without a program. */
  clear(tensor: TensorInfo): void {
    if (tensor.shape.includes(0)) return;
    const buffer = this.#bufferOf(tensor);
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.commandEncoder?.clearBuffer(buffer);
  }

  /** Records a program. */
  run<Buffers extends string, Numbers extends string>(
    program: ComputeProgram<Buffers, Numbers>,
    { buffers, numbers, groups }: ProgramRun<Buffers, Numbers>,
  ): void {
    if (groups === 0) return;
    const backend = this.#backend;
    const { pipeline, layout } = this.#pipelineOf(program);
    const names = Object.keys(program.buffers) as Buffers[];
    const resources = names.map((name, index) => {
      const tensor = buffers[name];
      return tensor && !tensor.shape.includes(0) ? this.#bufferOf(tensor) : this.#placeholder(index);
    });
    const uniform = this.#uniformOf(packNumbers(program, groups, numbers));
    const entries = [...resources, uniform].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindings = backend.device.createBindGroup({ layout, entries });
    backend.ensureCommandEncoderReady();
    backend.computePassEncoder ??= backend.commandEncoder?.beginComputePass() ?? null;
    backend.computePassEncoder?.setPipeline(pipeline);
    backend.computePassEncoder?.setBindGroup(0, bindings);
    backend.computePassEncoder?.dispatchWorkgroups(...foldGroups(groups));
    backend.dispatchCountInPass++;
    if (tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE") > backend.dispatchCountInPass) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  }

  #bufferOf({ dataId }: TensorInfo): GPUBuffer {
    this.#backend.uploadToGPU(dataId);
    this.#backend.commandQueueOwnedIds.add(dataId);
    return this.#backend.tensorMap.get(dataId).resource as GPUBuffer;
  }

  /** A buffer for each binding, since a buffer that is written can be bound once only. */
  #placeholder(index: number): GPUBuffer {
    this.#placeholders[index] ??= this.#backend.device.createBuffer({
      size: PLACEHOLDER_BYTES,
      usage: GPUBufferUsage.STORAGE,
    });
    return this.#placeholders[index];
  }

  #uniformOf(bytes: ArrayBuffer): GPUBuffer {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#backend.bufferManager.acquireBuffer(bytes.byteLength, usage);
    this.#backend.queue.writeBuffer(buffer, 0, bytes);
    this.#backend.uniformPendingDisposal.push(buffer);
    return buffer;
  }

  #pipelineOf(program: ComputeProgram): Pipeline {
    const made = this.#pipelines.get(program) ?? createPipeline(this.#backend.device, program);
    this.#pipelines.set(program, made);
    return made;
  }
}

function createPipeline(device: GPUDevice, program: ComputeProgram): Pipeline {
  const label = `trivium ${program.name}`;
  const storage = Object.values(program.buffers).map(
    (use): GPUBufferBindingType => (use.startsWith("read") ? "read-only-storage" : "storage"),
  );
  const types: GPUBufferBindingType[] = [...storage, "uniform"];
  const entries = types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
  const layout = device.createBindGroupLayout({ label, entries });
  const module = device.createShaderModule({ label, code: shaderOf(program) });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: "entry" },
  });
  return { pipeline, layout };
}

/** Refuses a tensor that no program of the device can bind. @throws {UnsupportedError} `webgpu/buffer-size` */
export function assertBindable(
  bytes: number,
  limits: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">,
): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (bytes <= most) return;
  throw new UnsupportedError(
    "webgpu/buffer-size",
    `a tensor takes ${bytes} bytes, and the graphics device takes at most ${most} in one; take smaller batches (--micro-batch) or shorter rows, or the backend "simd"`,
    { details: { bytes, most } },
  );
}
