import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import {
  openblasFile,
  openblasPackage,
  openblasPackageVersion,
  openblasPacked,
  openblasVersion,
} from "../../packages/backend-simd/src/gemm/library/openblas-release.ts";
import {
  type OpenblasWheel,
  openblasLicense,
  openblasWheels,
} from "../../packages/backend-simd/src/setup/openblas-wheels.ts";
import { fetchArchive } from "../../packages/setup/src/fetch-archive.ts";
import { unpack } from "../../packages/setup/src/unpack.ts";
import { runOrThrow } from "../run-command.ts";

/**
 * Packs the npm package with OpenBLAS for one kind of machine: the library, its licences, a manifest and a README.
 *
 * @param target - `"linux-x64"`: see `openblasWheels`.
 * @param from - a wheel, or a folder with wheels, that were fetched before.
 * @returns the tarball's path.
 * @throws {Error} for another target. @throws {UnsupportedError} if pip cannot fetch the wheel. @throws {DataError}
 *   `setup/sha256` for another wheel.
 */
export async function packOpenblas(target: string, destination: string, from?: string): Promise<string> {
  const wheel = openblasWheels.get(target);
  if (!wheel)
    throw new Error(`there is no OpenBLAS for ${target}; take one of ${[...openblasWheels.keys()].join(", ")}`);
  const scratch = await mkdtemp(join(tmpdir(), "trivium-openblas-"));
  try {
    const folder = join(scratch, "package");
    const places = { from, downloads: join(scratch, "downloads"), staging: scratch, note: console.error };
    await unpack(await fetchArchive(wheel.archive, places), wheel.archive, folder);
    await compress(folder, wheel.platform);
    await writeFile(join(folder, "package.json"), `${JSON.stringify(manifestOf(target, wheel), null, 2)}\n`);
    await writeFile(join(folder, "README.md"), readmeOf(target));
    await mkdir(destination, { recursive: true });
    const packed = await runOrThrow(["npm", "pack", "--silent", "--pack-destination", destination], { cwd: folder });
    return join(destination, packed.trim());
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Puts a compressed library beside the library, whose code gzip makes a third larger. */
async function compress(folder: string, platform: string): Promise<void> {
  const library = await readFile(join(folder, openblasFile(platform)));
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 9, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: library.length };
  await writeFile(join(folder, openblasPacked(platform)), await promisify(brotliCompress)(library, { params }));
}

function manifestOf(target: string, { platform, arch, libc }: OpenblasWheel) {
  return {
    name: openblasPackage(target),
    version: openblasPackageVersion,
    description: `OpenBLAS for @trivium/backend-simd on ${target}.`,
    license: openblasLicense,
    os: [platform],
    cpu: [arch],
    libc: libc && [libc],
    files: [openblasPacked(platform)],
    preferUnplugged: true,
    publishConfig: { access: "public" },
  };
}

const readmeOf = (target: string): string => `# ${openblasPackage(target)}

[OpenBLAS](https://github.com/OpenMathLib/OpenBLAS) for \`@trivium/backend-simd\`, which multiplies matrices with it. npm
installs it by itself on this kind of machine: do not install it directly.

The library is that of the wheel [scipy-openblas32 ${openblasVersion}](https://pypi.org/project/scipy-openblas32/${openblasVersion}/),
built by <https://github.com/MacPython/openblas-libs>. Its licences are in LICENSE.
`;
