import { activationCodes } from "../../wasm/codes.ts";
import { accelerateFamily } from "./fused-family.ts";

/** The value, and where a gradient will be asked for the derivative beside it. */
export const activationKernels = accelerateFamily("activation", {
  activation(backend, { x }, { activation: name, keepSlope }) {
    const y = backend.allocate(x.shape, "float32");
    const slope = keepSlope ? backend.allocate(x.shape, "float32") : undefined;
    const code = activationCodes[name];
    backend.run("activation", x.data.length, code, x.data.address, y.address, slope?.address ?? 0);
    return slope ? [y, slope] : [y];
  },
});
