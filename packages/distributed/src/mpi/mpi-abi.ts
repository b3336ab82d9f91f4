import type { LibraryHandle } from "koffi";

/** A handle of MPI, as C has it: an address, or an int. */
export type Handle = bigint | number;

/** The constants that an MPI library was compiled with, as far as they are needed. */
export interface MpiAbi {
  readonly name: "openmpi" | "mpich" | "standard";
  /** The type of handles in C. */
  readonly handle: "uintptr_t" | "int";
  /** `MPI_COMM_WORLD`. */
  readonly world: Handle;
  /** `MPI_BYTE`. */
  readonly byte: Handle;
  /** `MPI_FLOAT`. */
  readonly float: Handle;
  /** `MPI_SUM`. */
  readonly sum: Handle;
  /** `MPI_STATUS_IGNORE`. */
  readonly statusIgnore: number;
  /** `MPI_THREAD_FUNNELED`: one thread calls MPI. */
  readonly funneled: number;
}

/** The part of koffi that tells addresses of symbols. */
export interface Symbols {
  address(value: unknown): bigint;
}

const mpich: MpiAbi = {
  name: "mpich",
  handle: "int",
  world: 0x44000000,
  byte: 0x4c00010d,
  float: 0x4c00040a,
  sum: 0x58000003,
  statusIgnore: 1,
  funneled: 1,
};

const standard: MpiAbi = {
  name: "standard",
  handle: "uintptr_t",
  world: 0x101,
  byte: 0x247,
  float: 0x210,
  sum: 0x21,
  statusIgnore: 0,
  funneled: 1024,
};

/**
 * Returns the ABI of an MPI library. OpenMPI 4 and 5 have symbols behind their constants; MPICH and its relatives (Intel MPI,
 * MVAPICH) share one table of numbers; `libmpi_abi` has that of MPI 5.
 *
 * @param version - what `MPI_Get_library_version` says.
 * @returns nothing if the library is of none of them.
 * @source MPI 5.0, chapter 20, https://www.mpi-forum.org/docs/; OpenMPI's and MPICH's `mpi.h`
 */
export function abiOf(
  library: LibraryHandle,
  { path, version, symbols }: { readonly path: string; readonly version: string; readonly symbols: Symbols },
): MpiAbi | undefined {
  if (path.includes("libmpi_abi")) return standard;
  try {
    const addressOf = (name: string) => symbols.address(library.symbol(name));
    const world = addressOf("ompi_mpi_comm_world");
    const [byte, float, sum] = ["ompi_mpi_byte", "ompi_mpi_float", "ompi_mpi_op_sum"].map(addressOf) as [
      bigint,
      bigint,
      bigint,
    ];
    return { name: "openmpi", handle: "uintptr_t", world, byte, float, sum, statusIgnore: 0, funneled: 1 };
  } catch {
    return /MPICH|Intel\(R\) MPI|MVAPICH/.test(version) ? mpich : undefined;
  }
}
