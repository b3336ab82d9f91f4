export { joinMpi, type MpiOptions } from "./mpi/join-mpi.ts";
export { mpiPlugin } from "./mpi/mpi.ts";
export { ranksOfLauncher } from "./mpi/mpi-files.ts";
