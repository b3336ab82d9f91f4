import { expect, test, vi } from "vitest";
import { interruptedExitCode, stopOnSignals } from "./stop-on-signals.ts";

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

test("a polite kill has exit code 0 and a limit of time, Ctrl-C has neither", async () => {
  for (const [name, exitCode] of [
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const) {
    // biome-ignore format: pairs
    const interrupt = stopOnSignals({ note: () => {} }, { limitSeconds: 0.01 });
    process.emit(name, name);
    expect([interrupt.signal.aborted, interrupt.overdue.aborted]).toEqual([true, false]);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([interrupt.exitCode(), interrupt.overdue.aborted]).toEqual([exitCode, name === "SIGTERM"]);
    interrupt.release();
  }
});

test("a terminal that closes says so more than once, and ends nothing at once, also after Ctrl-C", async () => {
  const notes: string[] = [];
  const interrupt = stopOnSignals({ note: (line) => void notes.push(line) });
  for (const name of ["SIGHUP", "SIGHUP", "SIGINT", "SIGHUP"] as const) {
    process.emit(name, name);
    expect(interrupt.signal.aborted).toBe(true);
  }
  expect(notes).toHaveLength(1);
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  process.emit("SIGTERM", "SIGTERM");
  expect(exit).toHaveBeenCalledWith(interruptedExitCode);
  exit.mockRestore();
  interrupt.release();
});

test("a polite kill that comes twice at once is one, and a later one ends the process", () => {
  const [exit, now] = [
    vi.spyOn(process, "exit").mockImplementation(() => undefined as never),
    vi.spyOn(performance, "now"),
  ];
  const interrupt = stopOnSignals({ note: () => {} });
  for (const [time, exits] of [
    [5000, 0],
    [5020, 0],
    [9000, 1],
  ] as const) {
    now.mockReturnValue(time);
    process.emit("SIGTERM", "SIGTERM");
    expect(exit).toHaveBeenCalledTimes(exits);
  }
  interrupt.release();
  exit.mockRestore();
  now.mockRestore();
});
