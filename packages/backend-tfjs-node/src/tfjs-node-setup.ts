import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UnsupportedError } from "@trivium/core";
import type { Plugin } from "@trivium/registry";
import { type Setup, type SetupArchive, setup } from "@trivium/setup";
import { answers, lastError, run } from "@trivium/setup/node";
import { ADDON } from "./find-tfjs-node.ts";
import { LIBTENSORFLOW, NAME, TFJS_NODE } from "./versions.ts";

const UPSTREAM = `install @tensorflow/tfjs-node@${TFJS_NODE} by npm, which downloads libtensorflow, or use the backend simd`;

/** Places in the folder: libraries in `lib`, headers in `include`, the package in `package`, licences in `licenses`. */
const archives: readonly SetupArchive[] = [
  {
    client: "pip",
    package: `tensorflow-cpu==${LIBTENSORFLOW}`,
    file: `tensorflow_cpu-${LIBTENSORFLOW}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
    sha256: "87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe",
    keep(path) {
      if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(path)) return path.replace("tensorflow/", "lib/");
      if (/^tensorflow\/include\/tensorflow\/(c|(core|tsl)\/(c|platform))\/[^./]*\.h$/.test(path))
        return headerOf(path);
      if (/^tensorflow\/include\/tensorflow\/c\/eager\/c_api\.h$/.test(path)) return headerOf(path);
      return path.endsWith(".dist-info/LICENSE") ? "licenses/tensorflow" : undefined;
    },
  },
  {
    client: "npm",
    package: `@tensorflow/tfjs-node@${TFJS_NODE}`,
    file: `tensorflow-tfjs-node-${TFJS_NODE}.tgz`,
    sha256: "d38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358",
    keep: (path) => (/^package\/(package\.json|binding\/.*|dist\/.*(?<!_test)\.js)$/.test(path) ? path : undefined),
  },
  {
    client: "npm",
    package: "node-api-headers@1.9.0",
    file: "node-api-headers-1.9.0.tgz",
    sha256: "6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19",
    keep: (path) => (path.startsWith("package/include/") ? path.replace("package/", "") : undefined),
  },
];

const headerOf = (path: string) => path.replace("tensorflow/include/", "include/");

/** `trivium setup tfjs-node`: libtensorflow out of TensorFlow's wheel, and tfjs-node's addon, compiled here against it. */
export const tfjsNodeSetup: Plugin<"setup", "tfjs-node", Setup> = setup(
  NAME,
  {
    version: LIBTENSORFLOW,
    license: "Apache-2.0",
    fetchedBytes: 187e6,
    keptBytes: 562e6,
    archives: ({ platform, arch }) =>
      platform === "linux" && arch === "x64"
        ? archives
        : { reason: "there is no tested build of libtensorflow", remedy: `Instead, ${UPSTREAM}` },
    check: async () => void (await findCompiler()),
    finish,
  },
  { description: `the backend tfjs-node: libtensorflow, and the addon of @tensorflow/tfjs-node ${TFJS_NODE}` },
);

async function findCompiler(): Promise<string> {
  const compilers = process.env.CXX ? [process.env.CXX] : ["c++", "g++", "clang++"];
  for (const compiler of compilers) {
    if (await answers(compiler, ["--version"])) return compiler;
  }
  const message = `the addon of tfjs-node is compiled here, and there is no C++ compiler (tried ${compilers.join(", ")}); install one (apt-get install g++) or name one in CXX`;
  throw new UnsupportedError("tfjs-node/compiler", message);
}

async function finish(folder: string): Promise<void> {
  const compiler = await findCompiler();
  const binding = join(folder, "package/binding");
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(binding, file));
  const libraries = ["-L", join(folder, "lib"), "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"];
  // Node-API 8 is in every Node since 12.22, so that one addon serves them all.
  const options = ["-std=c++17", "-O2", "-DNAPI_VERSION=8", "-fPIC", "-shared", "-Wl,-rpath,$ORIGIN/lib"];
  const include = join(folder, "include");
  const compiled = await run(compiler, [
    ...options,
    "-I",
    include,
    ...sources,
    "-o",
    join(folder, ADDON),
    ...libraries,
  ]);
  if (compiled?.code !== 0) {
    const message = `the addon of tfjs-node does not compile with ${compiler}: ${compiled && lastError(compiled)}; name another compiler in CXX`;
    throw new UnsupportedError("tfjs-node/compiler", message);
  }
  await rm(binding, { recursive: true });
  await rm(include, { recursive: true });
  await tryProduct(join(folder, ADDON));
}

const PRODUCT = `
const addon = require(process.argv[1]);
const a = addon.createTensor([2, 2], addon.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
const flag = (name) => ({ name, type: addon.TF_ATTR_BOOL, value: false });
const attributes = [flag("transpose_a"), flag("transpose_b"), { name: "T", type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT }];
const [product] = addon.executeOp("MatMul", attributes, [a, a], 1);
const got = [...addon.tensorDataSync(product.id)].join(" ");
if (got !== "7 10 15 22") throw new Error("error: a product is " + got + ", expected 7 10 15 22");
`;

/** In a process of its own: a processor without AVX ends it. */
async function tryProduct(addon: string): Promise<void> {
  const ended = await run(process.execPath, ["-e", PRODUCT, addon]);
  if (ended?.code === 0) return;
  const message = `libtensorflow ${LIBTENSORFLOW} does not work on this machine: ${ended && lastError(ended)}. Instead, ${UPSTREAM}`;
  throw new UnsupportedError("tfjs-node/load", message);
}
