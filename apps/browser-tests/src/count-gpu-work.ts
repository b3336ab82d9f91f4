/** The work that a graphics device was asked for. */
export interface GpuWork {
  /** Compute programs that were started. */
  readonly dispatches: number;
  /** Reads back: buffers that were mapped to be read. */
  readonly reads: number;
  readonly bytesRead: number;
}

/** Counts from now on, whoever records the work; returns a function to what there was since its last call. */
export function countGpuWork(): () => GpuWork {
  let counted = { dispatches: 0, reads: 0, bytesRead: 0 };
  const pass = GPUComputePassEncoder.prototype;
  const { dispatchWorkgroups } = pass;
  pass.dispatchWorkgroups = function (...extent) {
    counted.dispatches++;
    return dispatchWorkgroups.apply(this, extent);
  };
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (mode, ...range) {
    if (mode === GPUMapMode.READ) {
      counted.reads++;
      counted.bytesRead += this.size;
    }
    return mapAsync.call(this, mode, ...range);
  };
  return () => {
    const since = counted;
    counted = { dispatches: 0, reads: 0, bytesRead: 0 };
    return since;
  };
}
