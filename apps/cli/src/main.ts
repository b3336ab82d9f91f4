#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=30
import { runProgram } from "./run-program.ts";
import { guardStandardStreams } from "./standard-streams.ts";

guardStandardStreams();
process.exitCode = await runProgram(process.argv);
