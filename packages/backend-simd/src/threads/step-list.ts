import { maySleepHere, spin } from "./control.ts";
import { jobNumber, type Kernel, type KernelTable } from "./share.ts";
import type { Job } from "./thread-pool.ts";

/** A job of a list. */
export interface Step extends Job {
  /** True if it begins when all steps before it are done; else it may run beside the one before. */
  readonly waits: boolean;
}

/** The name of the kernel that runs a list of steps. */
export const STEPS = "steps";

const LINE = 16;
/** Steps take less: a thread that waits longer waits for one that the system holds up. */
const SPIN_MS = 1;
const SLEEP_MS = 0.05;
const maySleep = maySleepHere();
/** More shares than there are: what a thread that failed says is done, so that nobody waits for it. */
const FAILED = 2 ** 30;

/** Numbers of a step before its arguments: those of a job, and the shares that are done before it may begin. */
const HEAD = jobNumber.arguments + 1;

const sharesOf = ({ units, share }: Pick<Job, "units" | "share">): number => Math.ceil(units / share);

/** A list of steps in the shared memory: every thread goes through it, and takes the shares of each step with the others. */
export interface StepList {
  /** Bytes that it takes. */
  readonly bytes: number;
  /** Writes it at an address, a multiple of 8. */
  write(memory: WebAssembly.Memory, address: number): void;
}

/** Lays out steps. @param ids - the place of each kernel in the table of every thread. */
export function layOutSteps(steps: readonly Step[], ids: readonly string[]): StepList {
  let [shares, target] = [0, 0];
  const numbers = steps.flatMap((step) => {
    if (step.waits) target = shares;
    shares += sharesOf(step);
    const { units, share, scratch, values } = step;
    return [ids.indexOf(step.kernel), units, share, scratch, values.length, target, ...values];
  });
  const counters = counterWords(steps.length);
  return {
    bytes: 4 * counters + 8 * numbers.length,
    write(memory, address) {
      new Int32Array(memory.buffer, address, counters).fill(0);
      new Float64Array(memory.buffer, address + 4 * counters, numbers.length).set(numbers);
    },
  };
}

/** Makes a written list ready to run once more: nothing of it is done. */
export const beginSteps = (memory: WebAssembly.Memory, address: number, count: number): void =>
  void new Int32Array(memory.buffer, address, LINE + count).fill(0);

/** The shares that are done, on a line of its own, and the next share of each step. */
const counterWords = (count: number): number => LINE * (1 + Math.ceil(count / LINE));

/** A step as a thread runs it. */
interface ReadStep {
  readonly run: Kernel;
  readonly units: number;
  readonly share: number;
  readonly shares: number;
  readonly target: number;
  /** Arguments, and the range behind them. */
  readonly values: number[];
}

interface ReadList {
  readonly words: Int32Array;
  readonly steps: readonly ReadStep[];
}

/** Lists that a thread keeps as it read them. */
const KEPT = 32;

/**
 * Adds the kernel that runs lists to a table: `steps(address, id, count, thread)`. Its range is the threads, of which each
 * goes through the whole list. A list is read once: another one at the same address has another id.
 */
export function withSteps(kernels: KernelTable, memory: WebAssembly.Memory): KernelTable {
  const table = Object.values(kernels);
  const lists = new Map<number, ReadList>();
  const steps: Kernel = (address = 0, id = 0, count = 0, thread = 0) => {
    let list = lists.get(id);
    if (!list) {
      const [oldest] = lists.keys();
      if (lists.size === KEPT) lists.delete(oldest as number);
      list = readSteps(table, memory, { address, count, thread });
      lists.set(id, list);
    }
    runSteps(list);
    return undefined;
  };
  return { ...kernels, [STEPS]: steps };
}

function readSteps(
  table: readonly Kernel[],
  { buffer }: WebAssembly.Memory,
  { address, count, thread }: { readonly address: number; readonly count: number; readonly thread: number },
): ReadList {
  const counters = counterWords(count);
  const begin = address + 4 * counters;
  const numbers = new Float64Array(buffer, begin, Math.floor((buffer.byteLength - begin) / 8));
  let at = 0;
  const steps = Array.from({ length: count }, (): ReadStep => {
    const [kernel, units, share, scratch, length, target] = numbers.subarray(at, at + HEAD) as Iterable<number> as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const values = Array.from(numbers.subarray(at + HEAD, at + HEAD + length));
    at += HEAD + length;
    // What is a thread's own is a kernel's last argument before its range.
    if (scratch > 0) values.push(values.pop()! + thread * scratch);
    return { run: table[kernel]!, units, share, shares: sharesOf({ units, share }), target, values: [...values, 0, 0] };
  });
  return { words: new Int32Array(buffer, address, counters), steps };
}

function runSteps({ words, steps }: ReadList): void {
  let all = 0;
  try {
    steps.forEach(({ run, units, share, shares, target, values }, index) => {
      all += shares;
      const next = LINE + index;
      if (Atomics.load(words, next) >= shares) return;
      waitFor(words, target);
      const place = values.length - 2;
      for (let taken = Atomics.add(words, next, 1); taken < shares; taken = Atomics.add(words, next, 1)) {
        values[place] = taken * share;
        values[place + 1] = Math.min(units, (taken + 1) * share);
        run(...values);
        Atomics.add(words, 0, 1);
      }
    });
  } catch (error) {
    Atomics.store(words, 0, FAILED);
    throw error;
  }
  waitFor(words, all);
}

function waitFor(words: Int32Array, target: number): void {
  const isDone = () => Atomics.load(words, 0) >= target;
  if (isDone()) return;
  while (!spin(SPIN_MS, isDone)) {
    const done = Atomics.load(words, 0);
    if (done < target && maySleep) Atomics.wait(words, 0, done, SLEEP_MS);
  }
}
