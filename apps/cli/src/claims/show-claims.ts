import type { ClaimsEvent } from "@trivium/claims";
import type { Sink } from "@trivium/trainer";
import type { Output } from "../output.ts";
import type { Progress } from "../progress.ts";
import { describeOutlook, type Outlook } from "./outlook.ts";

/** Shows which arm is at work, and after each claim what came of it and what is left. */
export function showClaims(output: Output, outlook: () => Promise<Outlook>): Sink<ClaimsEvent> {
  let progress: Progress | undefined;
  let ran = false;
  return async (event) => {
    if (event.type === "arm" && event.from === "run") {
      ran = true;
      progress = output.progress(`${event.claim} [${event.index + 1}/${event.arms}] ${event.arm}`);
    }
    if (event.type === "progress") {
      const { done, total, note = "" } = event.progress;
      progress?.update(done, total, note);
    }
    if (event.type === "stored") progress?.stop();
    if (event.type === "result") {
      const { result } = event;
      output.note(
        `${result.id}: ${result.status === "measured" ? result.verdict : `not run: ${result.reason.message}`}`,
      );
      if (ran) output.note(describeOutlook(await outlook()));
      ran = false;
    }
  };
}
