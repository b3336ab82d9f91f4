import type { Backend } from "@trivium/tensor";
import type { Precision } from "./options.ts";

/** A piece of work that contenders repeat, and what it takes at least; a finding has rates of what is said here. */
export interface Work {
  /** The shape or the mask: what the contenders of one comparison have in common. */
  readonly label: string;
  /** Floating-point operations. */
  readonly flops?: number | undefined;
  /** Bytes that must be read and written. */
  readonly bytes?: number | undefined;
  /** Positions of a batch. */
  readonly tokens?: number | undefined;
  /** Parameters of the model. */
  readonly parameters?: number | undefined;
  /** The attention kernel, where the work has one. */
  readonly kernel?: string | undefined;
}

/** The identity of a contender beside its work. */
export interface Identity {
  /** `trivium` for ours; `torch`, `tfjs-cpu`, `jax-js`, … */
  readonly name: string;
  /** To which products are rounded, or in which weights are held. */
  readonly precision: Precision | "q8";
  /** The library that multiplies matrices, where there is a choice. */
  readonly provider?: string | undefined;
  readonly threads?: number | undefined;
  /** Version of the peer: `1.13.0a0`. */
  readonly version?: string | undefined;
}

/** Something that does the same work as the others of its benchmark. */
export interface Contender extends Identity {
  readonly work: Work;
  /** Does the work so many times. @returns the seconds that it took in all. */
  run(times: number): Promise<number>;
  /** Gives back what it holds. */
  close(): Promise<void> | void;
}

/** A backend of tfjs that contenders run on. */
export interface Subject extends Identity {
  readonly backend: Pick<Backend, "name" | "fused">;
  /** Makes it tfjs's current backend. */
  use(): Promise<void>;
}

/** A contender that works on a backend, which is the current one while it does. */
export const contenderOn = (
  subject: Subject,
  { run, ...contender }: Pick<Contender, "work" | "close"> & { run(times: number): unknown },
): Contender => ({
  ...subject,
  ...contender,
  async run(times) {
    await subject.use();
    return timed(() => run(times));
  },
});

/** Makes contenders one after another: tfjs has one current backend, on which tensors are made. */
export async function oneByOne<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const item of items) made.push(await make(item));
  return made;
}

/** A contender that cannot run here, and what would help. */
export interface Absent {
  readonly name: string;
  readonly reason: string;
  readonly remedy: string;
}

export const isAbsent = (found: object): found is Absent => "remedy" in found;

/** Returns the contenders that are there, and notes why the others are not. */
export function presentContenders<Found extends object>(
  found: readonly (Found | Absent)[],
  note: (line: string) => void,
): Found[] {
  for (const one of found) if (isAbsent(one)) note(`${one.name} is left out: ${one.reason}. ${one.remedy}`);
  return found.filter((one): one is Found => !isAbsent(one));
}

/** Seconds that the function takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
