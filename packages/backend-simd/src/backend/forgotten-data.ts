import type { DataHandle } from "./data-registry.ts";
import type { TensorData } from "./tensor-data.ts";

/** Tensors that are made until those before them are watched. */
const RECENT = 1024;

/**
 * Finds tensors that a program has forgotten, after the garbage collector has taken their handles.
 *
 * A tensor is watched from some time after it was made. Most are disposed before: V8 would keep all that leads from a watched
 * tensor until it collects its whole heap, though the tensor was disposed long before.
 */
export class ForgottenData {
  private readonly registry: FinalizationRegistry<TensorData>;
  private readonly recent: DataHandle[] = [];

  /** @param collect - told of the data of each forgotten tensor. */
  constructor(collect: (data: TensorData) => void) {
    this.registry = new FinalizationRegistry(collect);
  }

  /** Notes a new tensor. It cannot be forgotten until it is watched. */
  add(handle: DataHandle): void {
    if (this.recent.push(handle) >= RECENT) this.watchAll();
  }

  /** Watches all tensors that are there. */
  watchAll(): void {
    for (const handle of this.recent.splice(0)) if (handle.data) this.watch(handle, handle.data);
  }

  /** Watches a tensor from now on. */
  watch(handle: object, data: TensorData): void {
    if (data.isWatched) return;
    data.isWatched = true;
    this.registry.register(handle, data, data);
  }

  /** Ends the watch over a tensor that is disposed. */
  delete(data: TensorData): void {
    if (data.isWatched) this.registry.unregister(data);
    data.isWatched = false;
  }
}
