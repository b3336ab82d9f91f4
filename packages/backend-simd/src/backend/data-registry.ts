import { DataStorage, type KernelBackend } from "@tensorflow/tfjs-core";
import type { TensorData } from "./tensor-data.ts";

/** tfjs's handle of a tensor's data. Ours carry the data, so that finding it is one property access. */
export class DataHandle {
  readonly owner: object;
  data: TensorData | undefined;

  constructor(owner: object, data: TensorData) {
    this.owner = owner;
    this.data = data;
  }
}

type DataMover = ConstructorParameters<typeof DataStorage>[1];

/** tfjs's map from handles to data, for our own handles and for those of tensors moved here from other backends. */
export class DataRegistry extends DataStorage<TensorData> {
  private readonly foreign = new WeakMap<object, TensorData>();
  private readonly mover: DataMover;
  private readonly owner: KernelBackend;
  private count = 0;

  constructor(owner: KernelBackend, mover: DataMover) {
    super(owner, mover);
    this.owner = owner;
    this.mover = mover;
  }

  /** The data of a handle, or undefined if it is not here. */
  find(handle: object): TensorData | undefined {
    if (handle instanceof DataHandle && handle.owner === this.owner) return handle.data;
    return this.foreign.get(handle);
  }

  override get(handle: object): TensorData {
    const found = this.find(handle);
    if (found !== undefined) return found;
    this.mover.moveData(this.owner, handle);
    return this.find(handle) as TensorData;
  }

  /** A new handle of our own. */
  create(data: TensorData): DataHandle {
    this.count++;
    return new DataHandle(this.owner, data);
  }

  override set(handle: object, data: TensorData): void {
    this.count++;
    if (handle instanceof DataHandle && handle.owner === this.owner) handle.data = data;
    else this.foreign.set(handle, data);
  }

  override has(handle: object): boolean {
    return this.find(handle) !== undefined;
  }

  override delete(handle: object): boolean {
    const known = this.has(handle);
    if (handle instanceof DataHandle && handle.owner === this.owner) handle.data = undefined;
    else this.foreign.delete(handle);
    if (known) this.count--;
    return known;
  }

  /** Counts a handle out that the garbage collector has taken. */
  forget(): void {
    this.count--;
  }

  override numDataIds(): number {
    return this.count;
  }
}
