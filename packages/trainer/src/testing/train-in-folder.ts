/** A process that trains in a folder and prints the step that it starts from and each that it takes, for tests that kill it: `node train-in-folder.ts DIRECTORY`. */
import { tf } from "@trivium/tensor";
import { consume } from "../consume.ts";
import { createFolderStore } from "../folder-store.ts";
import { metricsSink } from "../metrics-sink.ts";
import { train } from "../train.ts";
import { smallRun } from "./bigram.ts";

const directory = process.argv[2] as string;
await tf.setBackend("cpu");
const checkpoint = { store: createFolderStore({ directory }), every: 5 };
await consume(train(smallRun({ steps: 40, checkpoint, resume: true })), metricsSink(directory), (event) => {
  if (event.type === "started" || event.type === "step") console.log(event.step);
});
