import { alone } from "./alone.ts";
import { describeCollective } from "./testing/describe-collective.ts";
import { createSeats, joinThreads } from "./threads.ts";

describeCollective({ name: "alone", open: async () => [alone()], sizes: [1] });
describeCollective({ name: "threads", open: async (size) => createSeats(size).map(joinThreads) });
