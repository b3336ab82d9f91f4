import { expect, test } from "vitest";
import { stopOnSignals } from "./stop-on-signals.ts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

test.each(names)("%s aborts the signal and says so, once it is released no more", async (name) => {
  const notes: string[] = [];
  const before = process.listenerCount(name);
  const interrupt = stopOnSignals({ note: (line) => void notes.push(line) });
  expect(interrupt.signal.aborted).toBe(false);
  process.kill(process.pid, name);
  await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve));
  expect(notes).toEqual(["stopping after this step; once more to stop at once"]);
  interrupt.release();
  expect(process.listenerCount(name)).toBe(before);
});
