import { MultiBar, Presets } from "cli-progress";

/** How far a long task is. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  stop(): void;
}

/** A bar on a terminal; in a pipe, a plain line at most every few seconds, and one at the end. */
export function createProgress(label: string): Progress {
  return process.stderr.isTTY ? createBar(label) : createLines(label);
}

function createBar(label: string): Progress {
  const bars = new MultiBar(
    { format: "{label} {bar} {value}/{total} {note}", hideCursor: true, clearOnComplete: false },
    Presets.shades_classic,
  );
  const bar = bars.create(1, 0, { label, note: "" });
  return {
    update(done, total, note) {
      bar.setTotal(total);
      bar.update(done, { label, note });
    },
    stop: () => bars.stop(),
  };
}

const secondsBetweenLines = 5;

function createLines(label: string): Progress {
  let told = performance.now();
  let last = "";
  return {
    update(done, total, note) {
      last = `${label} ${done}/${total} ${note}`;
      if (performance.now() - told < secondsBetweenLines * 1000) return;
      told = performance.now();
      process.stderr.write(`${last}\n`);
      last = "";
    },
    stop() {
      if (last) process.stderr.write(`${last}\n`);
    },
  };
}
