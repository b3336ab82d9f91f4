import { beforeEach, expect, test, vi } from "vitest";
import { tfjsNodeSetup } from "./tfjs-node-setup.ts";

const { archives, check } = tfjsNodeSetup.create;
beforeEach(() => () => vi.unstubAllEnvs());

test("of the archives, only libraries, licences, headers, sources and the package's own JavaScript are kept", () => {
  const found = archives({ platform: "linux", arch: "x64" });
  if ("reason" in found) return expect.unreachable();
  const kept = found.map(({ keep }) => keep);
  const places = (at: number, ...paths: string[]) => paths.map((path) => kept[at]?.(path));
  const tensorflow = ["libtensorflow_cc.so.2", "include/tensorflow/c/eager/c_api.h", "python/framework/ops.py"];
  expect(
    places(0, ...tensorflow.map((path) => `tensorflow/${path}`), "tensorflow_cpu-2.13.1.dist-info/LICENSE"),
  ).toEqual(["lib/libtensorflow_cc.so.2", "include/tensorflow/c/eager/c_api.h", undefined, "licenses/tensorflow"]);
  expect(places(1, "package/dist/kernels/Abs.js", "package/dist/index_test.js", "package/scripts/install.js")).toEqual([
    "package/dist/kernels/Abs.js",
    undefined,
    undefined,
  ]);
  expect(places(2, "package/include/node_api.h", "package/index.js")).toEqual(["include/node_api.h", undefined]);
});

test("other machines are told the package's own download, and nothing is looked for without a compiler", async () => {
  expect(archives({ platform: "darwin", arch: "arm64" })).toMatchObject({
    remedy: expect.stringContaining("install @tensorflow/tfjs-node@4.22.0 by npm"),
  });
  vi.stubEnv("CXX", "no-such-compiler");
  await expect(check?.()).rejects.toMatchObject({
    code: "tfjs-node/compiler",
    message: expect.stringMatching(/tried no-such-compiler\).*apt-get install g\+\+.*CXX/),
  });
});
