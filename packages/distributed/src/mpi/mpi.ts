import { z } from "zod";
import { collective } from "../collective.ts";
import { joinMpi } from "./join-mpi.ts";

const schema = z.strictObject({
  /** File name or path of the MPI library. Default: that of the launcher. */
  library: z.string().min(1).optional(),
});

/** `mpi`, for a registry. */
export const mpiPlugin = collective("mpi", joinMpi, {
  description:
    "The processes that mpirun, srun or an MPI operator started; OpenMPI, MPICH or the ABI of MPI 5, through koffi.",
  schema,
});
