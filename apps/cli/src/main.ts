#!/usr/bin/env -S node --min-semi-space-size=16 --max-semi-space-size=16 --heap-growing-percent=10
import * as module from "node:module";

// Before the rest is loaded: from the second start on, half of the time. Node 22.8 is the first that can.
module.enableCompileCache?.();
const { guardStandardStreams } = await import("./standard-streams.ts");
const { runProgram } = await import("./run-program.ts");
const { leaveRanks } = await import("./ranks/join-ranks.ts");

guardStandardStreams();
process.exitCode = await runProgram(process.argv);
await leaveRanks(process.exitCode);
