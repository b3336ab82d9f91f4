import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { panelsOf, sumOfPanels } from "../column-sums.ts";
import { sizeOf } from "../size-of.ts";

/** With `branch` of the sum of both, which is then an output; with `bias` around the mean. */
const norm = (kernelName: "TriviumNorm" | "TriviumAddNorm"): AcceleratedKernel => ({
  kernelName,
  run(backend, inputs, { epsilon }) {
    const x = inputs.x as TensorInfo;
    const [data, branch] = [backend.floats(x), backend.floats(inputs.branch)];
    const [gain, bias] = [backend.floats(inputs.gain), backend.floats(inputs.bias)];
    const columns = x.shape.at(-1)!;
    const adds = kernelName === "TriviumAddNorm";
    if (!data || gain?.length !== columns || (inputs.bias && bias?.length !== columns)) return undefined;
    if (adds && branch?.length !== data.length) return undefined;
    const statistics = x.shape.slice(0, -1);
    const y = backend.allocate(x.shape, "float32");
    const sum = adds ? backend.allocate(x.shape, "float32") : undefined;
    const inverse = backend.allocate(statistics, "float32");
    const mean = bias && backend.allocate(statistics, "float32");
    const from = [data.address, branch?.address ?? 0, gain.address, bias?.address ?? 0] as const;
    const to = [sum?.address ?? 0, y.address, inverse.address, mean?.address ?? 0] as const;
    backend.run("norm", sizeOf(statistics), ...from, ...to, columns, epsilon as number);
    return [y, sum, inverse, mean].filter((output) => output !== undefined);
  },
});

const normGradient: AcceleratedKernel = {
  kernelName: "TriviumNormGradient",
  run(backend, inputs) {
    const x = inputs.x as TensorInfo;
    const [data, dy, dSum] = [backend.floats(x), backend.floats(inputs.dy), backend.floats(inputs.dSum)];
    const [gain, inverse, mean] = [
      backend.floats(inputs.gain),
      backend.floats(inputs.inverse),
      backend.floats(inputs.mean),
    ];
    const columns = x.shape.at(-1)!;
    const rows = sizeOf(x.shape.slice(0, -1));
    if (!data || dy?.length !== data.length || gain?.length !== columns || inverse?.length !== rows) return undefined;
    if ((inputs.mean && mean?.length !== rows) || (inputs.dSum && dSum?.length !== data.length)) return undefined;
    const dx = backend.allocate(x.shape, "float32");
    const { count, height } = panelsOf(rows);
    const from = [
      dy.address,
      dSum?.address ?? 0,
      data.address,
      gain.address,
      inverse.address,
      mean?.address ?? 0,
    ] as const;
    const sums = sumOfPanels(backend, { panels: count, columns, outputs: mean ? 2 : 1 }, ([dGain, dBias = 0]) => {
      backend.run("normGradient", count, ...from, dx.address, dGain!, dBias, rows, columns, height);
    });
    return [dx, ...sums];
  },
};

export const normKernels: readonly AcceleratedKernel[] = [norm("TriviumNorm"), norm("TriviumAddNorm"), normGradient];
