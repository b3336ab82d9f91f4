/** The folder of a run that holds its checkpoints. */
export const CHECKPOINTS = "checkpoints";

/** A folder `step-000123`, or `step-000123.2` where the step was written a second time. */
export interface NamedStep {
  readonly step: number;
  readonly revision: number;
  readonly name: string;
}

/** The name of a step's folder, wide enough that names sort like steps up to a million. */
export function stepName(step: number, revision = 1): string {
  return `step-${String(step).padStart(6, "0")}${revision > 1 ? `.${revision}` : ""}`;
}

/** Returns the checkpoints among the names of a folder, newest first. */
export function stepsAmong(names: readonly string[]): NamedStep[] {
  const found = names.flatMap((name) => {
    const parts = /^step-(\d{6,})(?:\.(\d+))?$/.exec(name);
    return parts ? [{ step: Number(parts[1]), revision: Number(parts[2] ?? 1), name }] : [];
  });
  return found.sort((a, b) => b.step - a.step || b.revision - a.revision);
}
