import { availableParallelism } from "node:os";

/** More processes than this need more memory than most machines have. */
const mostJobs = 8;

/**
 * Returns the number of arms to measure at once, and of threads for each, where nobody says otherwise: one job for each
 * core, as arms are small and two of them use two cores better than one does.
 *
 * @example shareCores({ threads: 2 }, 8) // => { jobs: 4, threads: 2 }
 */
export function shareCores(
  { jobs, threads: asked }: { readonly jobs?: number | undefined; readonly threads?: unknown },
  cores = availableParallelism(),
): { jobs: number; threads: number } {
  const threads = typeof asked === "number" ? asked : undefined;
  const atOnce = jobs ?? Math.max(1, Math.min(mostJobs, Math.floor(cores / (threads ?? 1))));
  return { jobs: atOnce, threads: threads ?? Math.max(1, Math.floor(cores / atOnce)) };
}
