import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { TriviumError } from "@trivium/core";
import { initMpi, type MpiCalls } from "./mpi-calls.ts";
import type { FromMpi, MpiStart, ToMpi } from "./mpi-messages.ts";
import { openMpiLibrary } from "./open-mpi-library.ts";

// The thread that owns MPI: it alone calls the library.
let mpi: MpiCalls | undefined;

function start(): FromMpi {
  const library = openMpiLibrary((workerData as MpiStart).files);
  mpi = initMpi(library);
  return { type: "ready", rank: mpi.rank, size: mpi.size, version: library.version, path: library.path };
}

function answer(message: ToMpi): FromMpi {
  if (message.type === "exchange")
    return { type: "delivery", delivery: mpi!.exchange(message.operation, message.parcel) };
  mpi!.finalize();
  return { type: "finalized" };
}

function post(port: MessagePort, answering: () => FromMpi): void {
  try {
    port.postMessage(answering());
  } catch (error) {
    const code = TriviumError.is(error) ? error.code : undefined;
    port.postMessage({ type: "failed", code, message: error instanceof Error ? error.message : String(error) });
  }
}

if (parentPort) serve(parentPort);

function serve(port: MessagePort): void {
  post(port, start);
  port.on("message", (message: ToMpi) => post(port, () => answer(message)));
}
