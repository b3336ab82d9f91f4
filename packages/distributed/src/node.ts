export { type LaunchOptions, launchRanks } from "./launch/launch-ranks.ts";
export type { Host } from "./launch/launcher.ts";
export { isSupervised, onStopRequest, recordLine, type SupervisorRecord } from "./launch/supervision.ts";
export { processesOf } from "./launch/sweep.ts";
export { joinMpi, type MpiOptions } from "./mpi/join-mpi.ts";
export { mpiPlugin } from "./mpi/mpi.ts";
export { ranksOfLauncher } from "./mpi/mpi-files.ts";
