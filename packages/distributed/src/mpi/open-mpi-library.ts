import { createRequire } from "node:module";
import { UnsupportedError } from "@trivium/core";
import type { LibraryHandle } from "koffi";
import { abiOf, type MpiAbi, type Symbols } from "./mpi-abi.ts";

type Koffi = Symbols & { load(path: string, options: { readonly global: boolean }): LibraryHandle };

/** The type of a parameter in C: a handle of MPI, an address, an int. */
type Parameter = "handle" | "address" | "int";

/** An opened MPI library, before `MPI_Init`. */
export interface MpiLibrary {
  readonly abi: MpiAbi;
  readonly path: string;
  /** First line of what `MPI_Get_library_version` says. */
  readonly version: string;
  /** The address of an array. Its memory does not move. */
  addressOf(data: ArrayBufferView): bigint;
  /** A function of the library. */
  call(
    name: string,
    ...parameters: readonly Parameter[]
  ): (...values: readonly (bigint | number | undefined)[]) => unknown;
}

const VERSION_BYTES = 8192;

/**
 * Opens the first MPI library that can be loaded.
 *
 * @param files - names and paths, in the order in which they are tried.
 * @throws {UnsupportedError} `distributed/no-mpi` if there is none, or if it is of an unknown kind.
 */
export function openMpiLibrary(files: readonly string[]): MpiLibrary {
  const koffi = loadKoffi();
  const failures: string[] = [];
  for (const path of files) {
    try {
      // Plug-ins of OpenMPI look for the symbols of the library itself.
      const library = koffi.load(path, { global: true });
      const version = versionOf(library, koffi);
      const abi = abiOf(library, { path, version, symbols: koffi });
      if (abi) return { abi, path, version, addressOf: (data) => koffi.address(data), call: callsOf(library, abi) };
      failures.push(`${path} is ${version}, of which the constants are not known`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  const remedy = "install one (apt-get install openmpi-bin), or name it in TRIVIUM_MPI_LIBRARY";
  const message = `no MPI library can be loaded: ${failures.join("; ")}. ${remedy}`;
  throw new UnsupportedError("distributed/no-mpi", message, { details: { failures } });
}

function callsOf(library: LibraryHandle, { handle }: MpiAbi): MpiLibrary["call"] {
  const types = { handle, address: "uintptr_t", int: "int" };
  return (name, ...parameters) =>
    library.func(`int ${name}(${parameters.map((one) => types[one]).join(", ") || "void"})`);
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    const message = "MPI is called through koffi, which is not installed here; npm install koffi";
    throw new UnsupportedError("distributed/no-mpi", message, { cause });
  }
}

function versionOf(library: LibraryHandle, koffi: Koffi): string {
  const [text, length] = [new Uint8Array(VERSION_BYTES), new Int32Array(1)];
  library.func("int MPI_Get_library_version(uintptr_t, uintptr_t)")(koffi.address(text), koffi.address(length));
  const [line = ""] = Buffer.from(text.subarray(0, length[0]))
    .toString("utf8")
    .split(/[\n,\0]/);
  return line.trim();
}
