import type { Operation } from "../collective-over.ts";
import type { Delivery, Parcel } from "./mpi-calls.ts";

/** What the thread that owns MPI is started with: files that the library may be in. */
export interface MpiStart {
  readonly files: readonly string[];
}

/** A message to the thread that owns MPI, which answers each. */
export type ToMpi =
  | { readonly type: "exchange"; readonly operation: Operation; readonly parcel: Parcel }
  | { readonly type: "finalize" };

/** The thread has called `MPI_Init`. */
interface Ready {
  readonly type: "ready";
  readonly rank: number;
  readonly size: number;
  readonly version: string;
  readonly path: string;
}

/** An answer of the thread that owns MPI. */
export type FromMpi =
  | Ready
  | { readonly type: "delivery"; readonly delivery: Delivery }
  | { readonly type: "finalized" }
  | { readonly type: "failed"; readonly code: string | undefined; readonly message: string };
