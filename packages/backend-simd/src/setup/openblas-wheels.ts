import type { SetupArchive } from "@trivium/setup";
import { openblasFile, openblasVersion } from "../gemm/library/openblas-release.ts";

/** A build of OpenBLAS for one kind of machine. */
export interface OpenblasWheel {
  readonly platform: string;
  readonly arch: string;
  /** Of Linux alone. */
  readonly libc?: "glibc" | "musl" | undefined;
  readonly archive: SetupArchive;
}

/** SPDX expression of the library, with the parts of LAPACK and of the GCC runtime that are linked into it. */
export const openblasLicense = "BSD-2-Clause AND BSD-3-Clause AND GPL-3.0-only WITH GCC-exception-3.1";

type Row = readonly [name: string, tags: string, sha256: string];

/** Platform and processor, the platform tags of the wheel, and its SHA-256. */
const rows: readonly Row[] = [
  [
    "linux-x64",
    "manylinux_2_27_x86_64.manylinux_2_28_x86_64",
    "0595f94cd58c1f8a0d90c975621f4587337a003916b1979e834ebdf2cb5d9504",
  ],
  [
    "linux-arm64",
    "manylinux_2_27_aarch64.manylinux_2_28_aarch64",
    "e085dddbc5b9aa130f83def515d31c440e69f387a90c7e63b154a5575b4466bc",
  ],
  ["linuxmusl-x64", "musllinux_1_2_x86_64", "46fac855d3c05004f9ee111eeeeb0aeb076c6411fc6f87c34a49b8ba729c4c38"],
  ["linuxmusl-arm64", "musllinux_1_2_aarch64", "88b00ba6a232fe958695403f6f71858fb23c3c9ce561c467e787e5d46ace16ca"],
  ["darwin-x64", "macosx_10_13_x86_64", "85d42ee10fd207ed6014273dcb9236ab1a65d21357f278b3aa0a78e8189665a8"],
  ["darwin-arm64", "macosx_11_0_arm64", "813bb8101da2f64555c4a5e71c3714539d92b0b4f1841ec12b80d50e56cde46c"],
  ["win32-x64", "win_amd64", "963e311354df08856c22aad17d77209448d2d8fc3bc4b3b1d87912828797cf13"],
  ["win32-arm64", "win_arm64", "64b1637b1c0495552351743e6f5d8bb50828aaea5821bb8d998927837256bda9"],
];

/** Every build that there is, by the end of its npm package's name: `"linux-x64"`, `"linuxmusl-arm64"`. */
export const openblasWheels: ReadonlyMap<string, OpenblasWheel> = new Map(
  rows.map(([name, tags, sha256]) => [name, wheelOf(name, tags, sha256)]),
);

function wheelOf(name: string, tags: string, sha256: string): OpenblasWheel {
  const [system = "", arch = ""] = name.split("-");
  const platform = system.replace("musl", "");
  const libc = platform !== "linux" ? undefined : system === platform ? "glibc" : "musl";
  const archive: SetupArchive = {
    client: "pip",
    package: `scipy-openblas32==${openblasVersion}`,
    file: `scipy_openblas32-${openblasVersion}-py3-none-${tags}.whl`,
    sha256,
    keep: (path) => (path.endsWith("/LICENSE.txt") ? "LICENSE" : isLibrary(path) ? openblasFile(platform) : undefined),
  };
  return { platform, arch, libc, archive };
}

const isLibrary = (path: string): boolean => /\/(lib)?scipy_openblas\.(so|dylib|dll)$/.test(path);
