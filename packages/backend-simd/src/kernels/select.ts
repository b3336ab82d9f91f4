import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";

/** `condition ? t : e` element by element; a vector of conditions over rows is left to the original. */
export const select: AcceleratedKernel = accelerate(
  "Select",
  { condition: "bool", t: "numeric", e: "numeric" },
  (backend, { condition, t, e }) => {
    const { dtype, length } = t.data;
    if (dtype === "bool" || e.data.dtype !== dtype || condition.data.length !== length || e.data.length !== length) {
      return undefined;
    }
    const y = backend.allocate(t.shape, dtype);
    backend.run("select", length, condition.data.address, t.data.address, 1, e.data.address, 1, y.address);
    return y;
  },
);
