/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

const openmpi = ["libmpi.so.40", "libmpi.40.dylib"];
const mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi.12.dylib"];
const any = ["libmpi.so", "libmpi.dylib"];

/**
 * Returns the files that an MPI library may be in, the likeliest first: the library of the launcher that started this process.
 * `TRIVIUM_MPI_LIBRARY` names one instead.
 */
export function mpiFiles(environment: Environment): readonly string[] {
  const given = environment.TRIVIUM_MPI_LIBRARY;
  if (given) return [given];
  const isHydra = environment.PMI_RANK !== undefined && environment.OMPI_COMM_WORLD_SIZE === undefined;
  return isHydra ? [...mpich, ...any, ...openmpi] : [...openmpi, ...any, ...mpich];
}

/**
 * Returns the number of processes that an MPI launcher started together with this one, by the environment that it gives them.
 *
 * @returns nothing for a process that no launcher started.
 * @example ranksOfLauncher({ PMI_RANK: "0", PMI_SIZE: "4" }) // => 4
 */
export function ranksOfLauncher(environment: Environment): number | undefined {
  const { OMPI_COMM_WORLD_SIZE, PMI_SIZE, PMIX_RANK, SLURM_NTASKS } = environment;
  const size = OMPI_COMM_WORLD_SIZE ?? PMI_SIZE ?? (PMIX_RANK === undefined ? undefined : (SLURM_NTASKS ?? "1"));
  return size === undefined ? undefined : Number(size);
}
