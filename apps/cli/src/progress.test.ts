import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 120 }) as unknown as NodeJS.WriteStream, written };
}

test("in a pipe the last state is told once, however often it is stopped", () => {
  const { stream, written } = fakeStream(false);
  const progress = createProgress("causal", stream);
  for (let step = 1; step <= 5; step++) progress.update(step, 5, "loss 1");
  progress.note("a note");
  progress.stop();
  progress.stop();
  expect(written.join("")).toBe("a note\ncausal 5/5 loss 1\n");
});

test("nothing is told of a task that never began", () => {
  for (const isTTY of [true, false]) {
    const { stream, written } = fakeStream(isTTY);
    createProgress("causal", stream).stop();
    expect(written).toEqual([]);
  }
});

test("on a terminal a note before the first state is a plain line", () => {
  const { stream, written } = fakeStream(true);
  createProgress("causal", stream).note("a note");
  expect(written.join("")).toBe("a note\n");
});

test("on a terminal the bar hides the cursor, shows the last state and gives the cursor back", () => {
  const { stream, written } = fakeStream(true);
  const listeners = process.listenerCount("exit");
  const progress = createProgress("causal", stream);
  progress.update(1, 4, "loss 2");
  progress.note("a note");
  progress.update(4, 4, "loss 1");
  progress.stop();
  const shown = written.join("");
  expect(shown).toContain("a note\n");
  expect(shown).toMatch(/causal █{24} 4\/4 loss 1/);
  expect(shown.lastIndexOf("[?25h")).toBeGreaterThan(shown.lastIndexOf("[?25l"));
  expect(process.listenerCount("exit")).toBe(listeners);
});
