import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

/** True once the top of the first screen was painted, and the browser had nothing else to do. */
const isTime = signal(false);

/** Milliseconds after which the rest of the first screen is shown in a browser that is never idle. */
const LONGEST_WAIT_MS = 1000;

/** What the first screen shows below its first matrix: it is made when the top is painted, and answers. */
export function Later({ children }: { readonly children: ComponentChildren }) {
  useEffect(() => {
    if (isTime.peek()) return;
    const show = () => {
      isTime.value = true;
    };
    if ("requestIdleCallback" in window) requestIdleCallback(show, { timeout: LONGEST_WAIT_MS });
    else setTimeout(show);
  }, []);
  return isTime.value ? children : null;
}
