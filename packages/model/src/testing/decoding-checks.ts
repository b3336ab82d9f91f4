import type { ModelInput } from "@trivium/features";
import { tf } from "@trivium/tensor";
import type { DecodingState } from "../decoder.ts";
import { logitsOf } from "../logits-of.ts";
import { assertClose } from "./assert-close.ts";
import { onlyRow, sampleInput, shortened } from "./sample-input.ts";
import type { Subject } from "./subject.ts";

const rows = [
  { length: 7, prefixLength: 3 },
  { length: 5, prefixLength: 2 },
];

const streamOf = ({ model }: Subject): string => model.architecture.streams.at(-1) as string;

/** Logits of whole rows that are run at once, `[B][L][V]`. */
const recomputed = ({ model, parameters }: Subject, input: ModelInput): number[][][] =>
  tf.tidy(() => logitsOf(model, parameters, input).arraySync());

/** Decodes the last tokens of each row one by one, and compares with the whole rows run at once. */
export function cachedEqualsRecomputed(subject: Subject): void {
  const { model, parameters } = subject;
  const predicting = streamOf(subject);
  for (const padding of ["right", "left"] as const) {
    const whole = sampleInput(model.architecture, { rows, padding });
    const stream = whole.streams[predicting]!;
    const full = recomputed(subject, whole);
    const start = (row: number) => (padding === "left" ? stream.length - rows[row]!.length : 0);
    const decoder = model.decoder(parameters);
    let state = decoder.prefill(shortened(whole, predicting, 2));
    for (let decoded = 0; ; decoded++) {
      const logits = state.logits.arraySync();
      const expected = rows.map(({ length }, row) => full[row]![start(row) + length - 3 + decoded]!);
      assertClose(logits.flat(), expected.flat(), `decoded ${decoded} tokens after a prompt padded ${padding}`);
      if (decoded === 2) break;
      const next = rows.map(({ length }, row) => stream.ids[row * stream.length + start(row) + length - 2 + decoded]!);
      state = state.append(Int32Array.from(next), Int32Array.of(1, 1));
    }
    decoder.dispose();
  }
}

/** A text that is decoded in steps of many, one and no token, while its row moves about and others come and go. */
export function movedRowsEqualRecomputed(subject: Subject): void {
  const { model, parameters } = subject;
  const predicting = streamOf(subject);
  const whole = sampleInput(model.architecture, { rows });
  const full = recomputed(subject, whole);
  const stream = whole.streams[predicting]!;
  /** Tokens `from` to `to` of a row, counted from the end. */
  const tokens = (row: number, from: number, to: number): number[] => {
    const end = row * stream.length + rows[row]!.length;
    return [...stream.ids.subarray(end - from, end - to)];
  };
  const expected = (row: number, fromEnd: number): number[] => full[row]![rows[row]!.length - 1 - fromEnd]!;
  const decoder = model.decoder(parameters);
  const prompts = shortened(whole, predicting, 3);
  const check = (state: DecodingState, places: readonly (readonly [row: number, fromEnd: number])[], what: string) =>
    assertClose(
      state.logits.arraySync().flat(),
      places.flatMap(([row, at]) => expected(row, at)),
      what,
    );
  const all = decoder.prefill(prompts, { logits: "all" });
  check(
    all,
    rows.flatMap(({ length }, row) => Array.from({ length: length - 3 }, (_, at) => [row, length - 1 - at] as const)),
    "every token of the prompt",
  );
  let state = all.append(Int32Array.from(tokens(0, 3, 1)), Int32Array.of(2, 0));
  check(
    state,
    [
      [0, 1],
      [1, 3],
    ],
    "two tokens, and a row that rests",
  );
  const forked = state.fork(2);
  state.dispose();
  state = forked.select(Int32Array.of(3, 0, 1));
  check(
    state,
    [
      [1, 3],
      [0, 1],
      [0, 1],
    ],
    "a fork and a selection",
  );
  state = state.append(Int32Array.from([...tokens(1, 3, 0), ...tokens(0, 1, 0), 1]), Int32Array.of(3, 1, 1), {
    logits: "all",
  });
  const beside = state.logits.arraySync().at(-1)!;
  check(
    state.select(Int32Array.of(0, 1)),
    [
      [1, 0],
      [0, 0],
    ],
    "three tokens of one row, one of another",
  );
  if (beside.every((value, id) => Math.abs(value - expected(0, 0)[id]!) < 1e-6)) {
    throw new Error("a fork that went on with another token has the logits of the first");
  }
  const [first, second] = [0, 1].map((row) => decoder.prefill(onlyRow(prompts, row)));
  state = second!.append(Int32Array.from(tokens(1, 3, 2)), Int32Array.of(1)).join(first!);
  check(
    state,
    [
      [1, 2],
      [0, 3],
    ],
    "rows of two prefills",
  );
  state = state.append(Int32Array.from([...tokens(1, 2, 0), ...tokens(0, 3, 0)]), Int32Array.of(2, 3));
  check(
    state,
    [
      [1, 0],
      [0, 0],
    ],
    "tokens after a join",
  );
  if ([...state.lengths].join() !== `${rows[1]!.length},${rows[0]!.length}`)
    throw new Error(`lengths are ${state.lengths}`);
  decoder.dispose();
}

/** Prompts of one length, so that a library multiplies them in the same shapes but for the number of rows. */
export function companyChangesNoBit(subject: Subject): void {
  const { model, parameters } = subject;
  const same = [rows[0]!, rows[0]!, rows[0]!].map((row, at) => ({ ...row, prefixLength: 1 + at }));
  const input = sampleInput(model.architecture, { rows: same });
  const prompts = shortened(input, streamOf(subject), 2);
  const decoder = model.decoder(parameters);
  /** Logits of a row over three steps. */
  const decode = (state: DecodingState): number[][] => {
    const seen = state.logits.arraySync().map((logits) => [...logits]);
    for (const id of [3, 5]) {
      const count = state.lengths.length;
      state = state.append(new Int32Array(count).fill(id), new Int32Array(count).fill(1));
      for (const [row, logits] of state.logits.arraySync().entries()) seen[row]!.push(...logits);
    }
    state.dispose();
    return seen;
  };
  const together = decode(decoder.prefill(prompts));
  for (const row of same.keys()) {
    const [alone] = decode(decoder.prefill(onlyRow(prompts, row)));
    if (alone!.every((value, at) => Object.is(value, together[row]![at]))) continue;
    throw new Error(`row ${row} decodes to other bits alone than in company`);
  }
  decoder.dispose();
}
