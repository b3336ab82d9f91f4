/** Writes the gradient-capability table: `pnpm --filter @trivium/browser-tests capabilities`. Needs Chromium and `trivium setup tfjs-node`. */
import { writeFileSync } from "node:fs";
import { renderTable } from "./capability-table.ts";
import { inNode, measureInChromium, measureInNode, setUp } from "./measure-columns.ts";

const columns = { ...(await measureInNode([...inNode, ...setUp])), ...(await measureInChromium()) };
const text = `# What each backend computes and differentiates

Every op that models, losses and optimisers use, forward / gradient, measured by running the conformance suite of
\`@trivium/tensor/testing\`: values against a float64 oracle, gradients against its central differences, within the
tolerances of \`packages/tensor/src/testing/tolerances.ts\`. "–" is an op without a gradient.

cpu, wasm, simd and tfjs-node ran in Node.js; webgl, webgpu and webgpu-fused in headless Chromium on SwiftShader. wasm has the kernels
that \`@trivium/backend-tfjs\` adds (\`UnsortedSegmentSum\`) and corrects (\`OneHot\` to float32, \`Cast\` to bool). tfjs-node
has the libtensorflow of \`trivium setup tfjs-node\`.

Our code avoids the ops that fail below: \`linear\` reshapes to a plain product, and nothing uses \`einsum\`.

${renderTable(columns)}

Written by \`pnpm --filter @trivium/browser-tests capabilities\`; a test fails when it is out of date.
`;
writeFileSync(new URL("../../../docs/gradient-capabilities.md", import.meta.url), text);
