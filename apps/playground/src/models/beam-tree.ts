import type { StepEvent } from "@trivium/generate";
import type { DecodeTrace } from "./protocol.ts";

/** A beginning of an answer that a search looked at; the root is the empty one. */
export interface TreeNode {
  /** The last token; undefined for the root. */
  readonly id: number | undefined;
  /** All tokens up to here, an end among them. */
  readonly ids: readonly number[];
  /** The place of the node that it goes on from; −1 for the root. */
  readonly parent: number;
  /** The step that made it; −1 for the root. */
  readonly step: number;
  /** Nats; 0 for the root. */
  readonly logProbability: number;
  /** The number by which answers are compared. */
  readonly score: number;
  readonly isEnd: boolean;
  /** The step that left it without a continuation that goes on; undefined if none did. */
  prunedAt: number | undefined;
  /** True on the path of the most probable token at each step. */
  isGreedy: boolean;
  /** True on the path of the answer. */
  isBest: boolean;
}

/** Returns the steps of a trace, in order. */
export const stepsOf = ({ events }: Pick<DecodeTrace, "events">): StepEvent[] =>
  events.filter((event): event is StepEvent => event.type === "step");

/** Returns the tokens of the answer, with the end if it has one. */
export function answerOf({ events, ends }: Pick<DecodeTrace, "events" | "ends">): readonly number[] {
  const ids = events.flatMap((event) => (event.type === "token" ? [event.id] : []));
  const isEnded = events.some((event) => event.type === "finished" && event.reason === "end");
  return isEnded ? [...ids, ends[0] ?? -1] : ids;
}

/** A beginning of an answer and whether it has ended. */
interface Beginning {
  readonly ids: readonly number[];
  readonly logProbability: number;
  readonly score: number;
  readonly ended: boolean;
}

/** Returns what a search had open and had ended after each step; of a search with one row its answer so far. */
function beginningsOf(trace: Pick<DecodeTrace, "events" | "ends">): (readonly Beginning[])[] {
  const answer = answerOf(trace);
  const tokens = trace.events.filter((event) => event.type === "token");
  let logProbability = 0;
  return stepsOf(trace).map(({ hypotheses, candidates }, step) => {
    if (hypotheses.length > 0) return hypotheses;
    const id = answer[step];
    const chosen = tokens[step]?.logProbability ?? candidates[0]?.find((one) => one.id === id)?.logProbability;
    logProbability += chosen ?? 0;
    const ended = id !== undefined && trace.ends.includes(id);
    return [{ ids: answer.slice(0, ended ? step : step + 1), logProbability, score: logProbability, ended }];
  });
}

/** Returns all beginnings of answers that a search looked at, as a tree whose parents stand before their children. */
export function treeOf(trace: Pick<DecodeTrace, "events" | "ends">): readonly TreeNode[] {
  const steps = beginningsOf(trace);
  const root = { id: undefined, ids: [], parent: -1, step: -1, logProbability: 0, score: 0, isEnd: false };
  const nodes: TreeNode[] = [{ ...root, prunedAt: undefined, isGreedy: true, isBest: true }];
  const places = new Map([["", 0]]);
  const lastAlive = [steps.length];
  const end = trace.ends[0] ?? -1;
  const best = answerOf(trace).join();
  for (const [step, beginnings] of steps.entries()) {
    for (const { ids, logProbability, score, ended } of beginnings) {
      const path = ended ? [...ids, end] : ids;
      if (path.length === 0) continue;
      const key = path.join();
      if (!places.has(key)) {
        places.set(key, nodes.length);
        const parent = places.get(path.slice(0, -1).join()) ?? 0;
        const isBest = best === key || best.startsWith(`${key},`);
        const scores = { logProbability, score, isEnd: ended };
        nodes.push({
          ...scores,
          id: path.at(-1),
          ids: path,
          parent,
          step,
          prunedAt: undefined,
          isGreedy: false,
          isBest,
        });
      }
      // An answer stays; what goes on keeps its beginnings alive.
      for (let at = places.get(key) ?? 0; at > 0; at = (nodes[at] as TreeNode).parent)
        lastAlive[at] = ended ? steps.length : Math.max(lastAlive[at] ?? 0, step);
    }
  }
  for (const [at, node] of nodes.entries()) {
    const last = lastAlive[at] as number;
    if (last < steps.length - 1 && !node.isBest) node.prunedAt = last + 1;
  }
  markGreedy(nodes, places, trace);
  return nodes;
}

/** Marks the path of the most probable token at each step, as far as the search went along it. */
function markGreedy(
  nodes: readonly TreeNode[],
  places: ReadonlyMap<string, number>,
  trace: Pick<DecodeTrace, "events" | "ends">,
): void {
  const steps = stepsOf(trace);
  const path: number[] = [];
  for (const [step, { candidates }] of steps.entries()) {
    const row = rowOf(steps, step, path);
    const best = candidates[row]?.[0]?.id;
    const node = best === undefined ? undefined : nodes[places.get([...path, best].join()) ?? -1];
    if (!node) return;
    node.isGreedy = true;
    path.push(best as number);
  }
}

/** Returns the row of a step whose tokens so far are these; −1 if none is. */
export function rowOf(steps: readonly StepEvent[], step: number, path: readonly number[]): number {
  const before = steps[step - 1]?.hypotheses.filter(({ ended }) => !ended) ?? [];
  if (before.length === 0) return 0;
  return before.findIndex(({ ids }) => ids.join() === path.join());
}

/** Where the nodes of a tree stand: columns by length, rows so that no two nodes meet. */
export function placesOf(nodes: readonly TreeNode[]): readonly { readonly column: number; readonly row: number }[] {
  const children = new Map<number, number[]>();
  for (const [at, { parent }] of nodes.entries()) children.set(parent, [...(children.get(parent) ?? []), at]);
  const places = nodes.map(({ ids }) => ({ column: ids.length, row: 0 }));
  let next = 0;
  const place = (at: number): number => {
    const own = (children.get(at) ?? []).toSorted((a, b) => lead(nodes[b]) - lead(nodes[a]));
    const rows = own.map(place);
    const row = rows[0] ?? next++;
    (places[at] as { row: number }).row = row;
    return row;
  };
  place(0);
  return places;
}

/** The answer's path stands first, then what is more probable. */
const lead = (node: TreeNode | undefined): number => (node?.isBest ? 1 : (node?.logProbability ?? 0));
