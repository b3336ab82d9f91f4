import { createRequire } from "node:module";

type Bars = typeof import("cli-progress");

/** The progress of a long task. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  /** A line of its own, which stays. */
  note(line: string): void;
  /** Leaves the last state on the screen. Once is enough, twice does no harm. */
  stop(): void;
}

/** A bar on a terminal; elsewhere a plain line every few seconds, and one at the end. */
export function createProgress(label: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? createBar(label, stream) : createLines(label, stream);
}

/** Characters of the bar itself; the rest of the line is the label and the note. */
const barWidth = 24;

function createBar(label: string, stream: NodeJS.WriteStream): Progress {
  const format = "{label} {bar} {value}/{total} {note}";
  const options = { format, barsize: barWidth, hideCursor: true, stream };
  // Most commands show no bar, and its modules take longer to load than many a command runs.
  const { MultiBar, Presets } = createRequire(import.meta.url)("cli-progress") as Bars;
  const bars = new MultiBar(options, Presets.shades_classic);
  let bar: ReturnType<typeof bars.create> | undefined;
  // The cursor must come back if the process ends while the bar is there.
  const stop = () => {
    process.off("exit", stop);
    if (bar) bars.stop();
    bar = undefined;
  };
  return {
    update(done, total, note) {
      if (!bar) process.on("exit", stop);
      bar ??= bars.create(total, done, { label, note });
      bar.setTotal(total);
      bar.update(done, { label, note });
    },
    note(line) {
      if (!bar) {
        stream.write(`${line}\n`);
        return;
      }
      bars.log(`${line}\n`);
      bars.update();
    },
    stop,
  };
}

const secondsBetweenLines = 5;

function createLines(label: string, stream: NodeJS.WriteStream): Progress {
  let toldAt = performance.now();
  let untold: string | undefined;
  const tell = () => {
    if (untold !== undefined) stream.write(`${untold}\n`);
    untold = undefined;
    toldAt = performance.now();
  };
  return {
    update(done, total, note) {
      untold = `${label} ${done}/${total} ${note}`;
      if (performance.now() - toldAt >= secondsBetweenLines * 1000) tell();
    },
    note: (line) => void stream.write(`${line}\n`),
    stop: tell,
  };
}
