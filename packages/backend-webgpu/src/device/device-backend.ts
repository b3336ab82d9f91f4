import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { BackendValues } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import { tf } from "@trivium/tensor";
import { assertBindable, Recorder } from "./recorder.ts";
import { internalsOf } from "./tfjs-internals.ts";

/** tfjs's WebGPU backend with a recorder of programs of one's own, and with errors where the device would be silent. */
export class DeviceBackend extends WebGPUBackend {
  readonly recorder: Recorder = new Recorder(internalsOf(this));
  #failure: string | undefined;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    // The device tells of errors later, and computes on with whatever is there.
    device.addEventListener("uncapturederror", ({ error }) => {
      this.#failure ??= error.message;
    });
    device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#failure ??= `the device is lost: ${message}`;
    });
  }

  /**
   * Gives a tensor memory on the device. Every program of tfjs and of this package calls it.
   *
   * @throws {UnsupportedError} `webgpu/buffer-size` if the device cannot bind so much, `webgpu/device` if it reported an
   *   error since.
   */
  override uploadToGPU(dataId: object): void {
    this.#assertSound();
    const { resource, dtype, shape } = this.tensorMap.get(dataId);
    if (resource == null)
      assertBindable(tf.util.sizeFromShape(shape) * (dtype === "complex64" ? 8 : 4), this.device.limits);
    super.uploadToGPU(dataId);
  }

  /**
   * Reads a tensor at once, which tfjs does through a canvas.
   *
   * @throws {UnsupportedError} `webgpu/read-sync` where there is no canvas, as in Node.js.
   */
  override readSync(dataId: object): BackendValues {
    if (this.tensorMap.get(dataId).values == null && typeof OffscreenCanvas === "undefined") {
      const message = "here a graphics card cannot be read within a function: there is no canvas";
      throw new UnsupportedError("webgpu/read-sync", `${message}; use await tensor.data(), or the backend "simd"`);
    }
    return super.readSync(dataId);
  }

  /**
   * Reads a tensor.
   *
   * @throws {UnsupportedError} `webgpu/device` if the device reported an error: its numbers are not to be trusted.
   */
  override async read(dataId: object): Promise<BackendValues> {
    const values = await super.read(dataId);
    this.#assertSound();
    return values;
  }

  #assertSound(): void {
    if (this.#failure === undefined) return;
    const problem = `the graphics device failed: ${this.#failure}`;
    const remedy = 'Take smaller batches, update its driver, or use the backend "simd"';
    throw new UnsupportedError("webgpu/device", `${problem}. ${remedy}`);
  }
}
