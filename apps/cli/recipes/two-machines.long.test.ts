import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled } from "./mpi.ts";
import { weightsOf } from "./run-trivium.ts";
import { writeToyData } from "./toy-data.ts";
import { createTwoHosts, hasNamespaces, type TwoHosts } from "./two-hosts.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/scale/README.md"), "utf8");
/** The commands of the page, but for those that install, and copy to another machine's files. */
const commands = [...page.matchAll(/```sh\n([^`]*)```/g)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .filter((line) => !/^(sudo|npm|ssh-copy-id|scp) /.test(line));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isThere = isInstalled("mpirun") && hasNamespaces();
const note = isThere ? "" : " (skipped: OpenMPI is not installed, or this system lets nobody make network namespaces)";

describe.skipIf(!isThere)(`two machines${note}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "trivium-hosts-"));
  let hosts: TwoHosts;
  beforeAll(async () => {
    writeToyData(folder);
    hosts = createTwoHosts(folder);
    await hosts.start("cp toy.tsv words.tsv").ended;
  });
  afterAll(() => {
    hosts.remove();
    rmSync(folder, { recursive: true });
  });

  test("each command of the page runs as it is written, between two network namespaces", async () => {
    expect(commands).toHaveLength(5);
    for (const line of commands) {
      const { code, stderr, stdout } = await hosts.start(line).ended;
      expect(code, `${line}\n${stdout}\n${stderr}`).toBe(0);
    }
  });

  test("a cut cable: the launch goes on without the second machine, with the bytes of one process", async () => {
    const words =
      "train --data words.tsv --steps 400 --decoded 0 --width 16 --layers 1 --heads 2 --checkpoint-every 10";
    const started = hosts.start(
      `trivium launch -n 2 --hosts 10.0.0.1:1,10.0.0.2:1 --network 10.0.0.0/24 --deadline 3 --patience 30 -- ${words} --out runs/cut`,
    );
    await started.says("ranks share");
    await pause(2500);
    hosts.cut();
    const { code, stderr } = await started.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /they were silent for 3\.\d s; starting 1 again from the newest checkpoint, without 10\.0\.0\.2/,
    );
    const alone = await hosts.start(`trivium ${words} --shards 8 --out runs/uncut`).ended;
    expect(alone.code, alone.stderr).toBe(0);
    expect(weightsOf(join(folder, "runs/cut")).equals(weightsOf(join(folder, "runs/uncut")))).toBe(true);
  });
});
