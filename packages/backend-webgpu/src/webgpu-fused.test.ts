import { backendCases, describeBackend } from "@trivium/tensor/testing";
import { useSoftwareDevice } from "./testing/software-device.ts";
import { webgpuFused } from "./webgpu-fused.ts";

useSoftwareDevice();

/** Cases of ops with kernels of this package, of sizes that a device in software takes in milliseconds. */
const own =
  /^(activation|linear|layerNorm|rmsNorm|addNorm|maskedSoftmax|softmaxCrossEntropy|dropout|adamW|squaredNorms|embedding)\b/;
const small = /^linearCrossEntropy, [57] words/;
const isLong = ({ name }: { readonly name: string }) =>
  /: (forward|gradient)$/.test(name) && !own.test(name) && !small.test(name);

describeBackend(webgpuFused, {
  skip: process.env.TRIVIUM_LONG
    ? []
    : [
        {
          reason: "long on a device in software: pnpm check:long",
          tests: backendCases.filter(isLong).map(({ name }) => name),
        },
      ],
});
