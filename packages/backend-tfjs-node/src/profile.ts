import {
  createProfiler,
  type KernelRequest,
  type ProductRecord,
  type ProfileMeter,
  tensorBytes,
  tf,
} from "@trivium/tensor";
import { NAME } from "./versions.ts";

/** Starts to record the kernel calls of the backend, which return when they are done. Memory is that of tfjs's tensors. */
export const profileTfjsNode = createProfiler(NAME, startMeter);

function startMeter(): ProfileMeter {
  let peak = tf.memory().numBytes;
  return {
    watch: (kernelName, request) => (span) => ({
      accelerated: true,
      products: productKernels.includes(kernelName) ? [{ ...productOf(request), ...span }] : [],
    }),
    liveBytes(outputs) {
      const live = outputs.reduce((bytes, output) => bytes + tensorBytes(output), tf.memory().numBytes);
      peak = Math.max(peak, live);
      return live;
    },
    takePeak() {
      const taken = peak;
      peak = tf.memory().numBytes;
      return taken;
    },
    stop() {},
  };
}

const productKernels: readonly string[] = [tf.BatchMatMul, tf._FusedMatMul];

function productOf({ inputs, attrs }: KernelRequest): Omit<ProductRecord, "startMs" | "durationMs"> {
  const [a = [], b = []] = [inputs.a?.shape, inputs.b?.shape];
  const [transposeA, transposeB] = [attrs?.transposeA === true, attrs?.transposeB === true];
  const [rows = 1, columns = 1] = a.slice(-2);
  const [m, k] = transposeA ? [columns, rows] : [rows, columns];
  const n = b.at(transposeB ? -2 : -1) ?? 1;
  const batch = Math.max(...[a, b].map((shape) => tf.util.sizeFromShape(shape.slice(0, -2))));
  return { provider: "libtensorflow", m, n, k, batch, transposeA, transposeB, flops: 2 * batch * m * n * k };
}
