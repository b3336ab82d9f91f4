import { alone } from "./alone.ts";
import { collective } from "./collective.ts";
import { joinThreads, type Seat } from "./threads.ts";

/** The collectives that need no library. */
export const collectivePlugins = [
  collective("alone", async () => alone(), { description: "A single rank." }),
  collective("threads", async ({ seat }: { readonly seat: Seat }) => joinThreads(seat), {
    description: "Threads of one process or page, which hand over messages; createSeats makes their places.",
  }),
] as const;
