import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Recorder } from "../device/recorder.ts";
import { columnSums } from "./column-sums.ts";
import { groupsOf } from "./lanes.ts";

/** The fewest rows of a panel, and the most panels of a sum. */
const PANEL = 64;

/** Rows in panels, which are summed apart, each by invocations of its own, before their sums are. */
export interface Panels {
  /** Number of panels; without rows one, whose sums are 0. */
  readonly count: number;
  /** Rows of a panel, but for the last. */
  readonly height: number;
}

/** Cuts rows into panels, by their number alone. */
export function panelsOf(rows: number): Panels {
  const height = Math.max(PANEL, Math.ceil(rows / PANEL));
  return { count: Math.max(1, Math.ceil(rows / height)), height };
}

/** Sums the rows of a panel each, `[panels, M]`, to `[M]`; gives the panels up. */
export function sumPanels(recorder: Recorder, panels: TensorInfo): TensorInfo {
  const [count, columns] = panels.shape as [number, number];
  if (count === 1) return { ...panels, shape: [columns] };
  const sums = recorder.allocate([columns]);
  const buffers = { x: panels, slope: undefined, dx: undefined, sums };
  const numbers = { rows: count, columns, height: count, elements: columns, has_slope: 0 };
  recorder.run(columnSums, { buffers, numbers, groups: groupsOf(columns) });
  recorder.release(panels);
  return sums;
}
