import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openblasFiles } from "../gemm/library/openblas-files.ts";
import { openblasFile, openblasVersion } from "../gemm/library/openblas-release.ts";
import { blasSetup } from "./blas-setup.ts";
import { onednnSetup } from "./onednn-setup.ts";
import { openblasWheels } from "./openblas-wheels.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-library-setup-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => () => vi.unstubAllEnvs());

describe("OpenBLAS", () => {
  test("has a wheel for Linux, with either C library, macOS and Windows, on x64 and arm64", () => {
    const systems = ["linux", "linuxmusl", "darwin", "win32"];
    const names = systems.flatMap((system) => [`${system}-x64`, `${system}-arm64`]);
    expect([...openblasWheels.keys()]).toEqual(names);
    const archives = [...openblasWheels.values()].map(({ archive }) => archive);
    expect(new Set(archives.map(({ file }) => file)).size).toBe(names.length);
    expect(new Set(archives.map(({ sha256 }) => sha256)).size).toBe(names.length);
    expect(openblasWheels.get("linuxmusl-arm64")).toMatchObject({ platform: "linux", arch: "arm64", libc: "musl" });
    expect(openblasWheels.get("win32-x64")).toMatchObject({ platform: "win32", libc: undefined });
  });

  test.each([
    ["linux-x64", "scipy_openblas32/lib/libscipy_openblas.so", "libscipy_openblas.so"],
    ["darwin-arm64", "scipy_openblas32/lib/libscipy_openblas.dylib", "libscipy_openblas.dylib"],
    ["win32-x64", "scipy_openblas32/lib/libscipy_openblas.dll", "libscipy_openblas.dll"],
    ["win32-arm64", "scipy_openblas32/lib/scipy_openblas.dll", "libscipy_openblas.dll"],
    ["linux-x64", "scipy_openblas32-0.3.34.481.3.dist-info/licenses/LICENSE.txt", "LICENSE"],
    ["win32-x64", "scipy_openblas32/lib/libscipy_openblas.lib", undefined],
    ["linux-x64", "scipy_openblas32/include/cblas.h", undefined],
  ])("of the wheel for %s, %s is kept as %s", (name, path, kept) => {
    expect(openblasWheels.get(name)!.archive.keep(path)).toBe(kept);
  });

  test("is looked for where the setup puts it", () => {
    vi.stubEnv("TRIVIUM_CACHE", folder);
    const packaged = openblasFiles();
    expect(packaged.filter((path) => path.startsWith(folder))).toEqual([]);
    const place = join(folder, "blas", openblasVersion);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "setup.json"), "{}");
    expect(openblasFiles()).toEqual([...packaged, join(place, openblasFile(process.platform))]);
  });
});

describe.each([blasSetup, onednnSetup])("trivium setup $name", ({ create }) => {
  test("says for which machines there is no build, and what to use instead", () => {
    expect(create.archives({ platform: "aix", arch: "ppc64" })).toEqual({
      reason: expect.stringMatching(/build/),
      remedy: expect.stringMatching(/\w/),
    });
  });

  test("refuses a library that does not load, with what the loader said", async () => {
    for (const file of [openblasFile(process.platform), "libdnnl.so.3"])
      writeFileSync(join(folder, file), "no library");
    await expect(create.finish(folder)).rejects.toMatchObject({
      code: "simd/library-setup",
      message: expect.stringMatching(/cannot be used here: .*it does not load: .+/),
    });
  });
});
