import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled, launchers, runRanks, triviumWords } from "./mpi.ts";
import { runTrivium, startProgram, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-ranks-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const isLong = process.env.TRIVIUM_LONG !== undefined;

/** Dropout, micro-batches, packed rows and clipping; matrices of 4,096 elements are cut among ranks. */
const training = [
  "train",
  "--data",
  "toy.tsv",
  ...tiny,
  "--width",
  "32",
  "--batch",
  "16",
  "--dropout",
  "0.1",
  "--shards",
  "4",
];
const settings = [
  ...["--micro-batch", "2", "--packing", "24", "--clip-norm", "0.5", "--checkpoint-every", "20"],
  ...["--steps", isLong ? "50" : "20", "--evaluate-every", "50"],
];
const words = (out: string, more: readonly string[] = []) => [...training, ...settings, "--out", out, ...more];

const checks = ["--conditions=@trivium/source", join(import.meta.dirname, "mpi-checks.ts")];

/** Trainings by each launcher: every pair of architecture and optimiser, on 2 and 4 ranks, in the long form. */
function casesOf(launcher: string) {
  const architectures = ["causal", "prefix", "encoder-decoder"];
  const all = architectures.flatMap((architecture) =>
    ["adam-w", "muon"].flatMap((optimizer) => [2, 4].map((ranks) => ({ architecture, optimizer, ranks }))),
  );
  return isLong ? all : [launcher === "OpenMPI" ? all[6]! : all[8]!];
}

const undisturbed = new Map<string, Promise<Buffer>>();

/** The weights of one process. */
function weightsAlone(named: readonly string[]): Promise<Buffer> {
  const name = `alone-${named.join("-")}`;
  const made =
    undisturbed.get(name) ?? runTrivium(words(name, named), folder).then(() => weightsOf(join(folder, name)));
  undisturbed.set(name, made);
  return made;
}

for (const launcher of launchers) {
  const isThere = isInstalled(launcher.program);
  const note = isThere ? "" : ` (skipped: ${launcher.program} is not installed)`;
  describe.skipIf(!isThere)(`ranks by ${launcher.name}${note}`, () => {
    test("the collective passes the conformance checks, and is left in good order", async () => {
      const { code, stdout, stderr } = await runRanks(launcher, 3, checks, folder);
      expect(code, stderr).toBe(0);
      expect(stdout.trim().split("\n").sort()).toEqual(["rank 0 of 3", "rank 1 of 3", "rank 2 of 3"]);
    });

    test("a rank that aborts, is elsewhere or does not answer ends the group with a reason", async () => {
      const aborted = await runRanks(launcher, 2, [...checks, "abort"], folder);
      expect(aborted.stdout).toContain("rank 0 of 2: distributed/aborted, rank 1 ended the run of all ranks: it broke");
      const apart = await runRanks(launcher, 2, [...checks, "out-of-step"], folder);
      expect(apart.stdout).toContain(
        "rank 0 of 2: distributed/out-of-step, the ranks are out of step: rank 0 is in gather, rank 1 in barrier",
      );
      const silent = await runRanks(launcher, 2, [...checks, "silent"], folder);
      expect(silent.stdout, silent.stderr).toContain(
        "rank 0 of 2: distributed/silent, no rank has answered for 2 s; see the network",
      );
      // The launcher ends when its ranks have ended: the one that waited ends itself, and the launcher the other.
      expect(silent.code).not.toBe(0);
    });

    test.each(casesOf(launcher.name))(
      "$ranks ranks train $architecture by $optimizer: the bytes of one process",
      async ({ architecture, optimizer, ranks }) => {
        const named = ["--architecture", architecture, "--optimizer", optimizer];
        const out = [launcher.name, ...named, ranks].join("-");
        const { code, stderr } = await runRanks(launcher, ranks, triviumWords(words(out, named)), folder);
        expect(code, stderr).toBe(0);
        expect(stderr).toContain(`${ranks} ranks share the 4 shards of each step`);
        expect(weightsOf(join(folder, out)).equals(await weightsAlone(named))).toBe(true);
      },
    );

    test.skipIf(launcher !== launchers[0] && !isLong)("fast sums are told, and are in the checkpoint", async () => {
      const out = `fast-${launcher.name}`;
      const given = ["train", "--data", "toy.tsv", ...tiny, "--steps", "3", "--decoded", "0", "--fast", "--out", out];
      const { code, stderr } = await runRanks(launcher, 2, triviumWords(given), folder);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("2 ranks share the 2 shards of each step");
      expect(stderr).toContain("sums are by MPI itself (--fast): the weights depend on the number of ranks");
      expect(stderr).toMatch(/ranks waited for one another and exchanged data in \d+\.\d % of the steps' time/);
      const state = readFileSync(join(folder, out, "checkpoints/step-000003/state.json"), "utf8");
      expect(JSON.parse(state)).toMatchObject({
        shards: 2,
        ranks: 2,
        numericIdentity: { reduction: "by MPI itself (--fast)" },
      });
      const again = [...given.filter((word) => word !== "--fast"), "--shards", "2", "--resume"];
      const { code: resumed, stderr: refused } = await runTrivium(again, folder);
      expect(refused).toContain("reduction");
      expect(resumed).toBe(2);
    });

    test.skipIf(launcher !== launchers[0] && !isLong)(
      "evaluations and answers by ranks are those of one process",
      async () => {
        const model = ["train", "--data", "toy.tsv", ...tiny, "--steps", "5", "--decoded", "0", "--out", "model"];
        await runTrivium(model, folder);
        const asked = ["evaluate", "model", "--data", "toy.jsonl", "--seen", "warn", "--show", "2", "--json"];
        const prompts = ["generate", "model", "--json", "--strategy", "sample", ..."abcdabcdabcd".split("")];
        for (const command of isLong ? [asked, prompts] : [asked]) {
          const [alone, ranks] = await Promise.all([
            runTrivium(command, folder),
            runRanks(launcher, 2, triviumWords(command), folder),
          ]);
          expect(ranks.code, ranks.stderr).toBe(0);
          expect(JSON.parse(ranks.stdout)).toEqual(JSON.parse(alone.stdout));
        }
      },
    );

    test.skipIf(launcher !== launchers[0] && !isLong)(
      "ranks that differ are refused before anything is written, naming both",
      async () => {
        writeFileSync(join(folder, "other.tsv"), "a\tb\nb\ta\nc\td\nd\tc\n".repeat(20));
        const differing = async (name: string, value: string) => {
          const rank = (more: readonly string[]) => [
            "-n",
            "1",
            process.execPath,
            ...triviumWords(words("refused", more)),
          ];
          const other = rank([name, value]);
          return startProgram(launcher.program, [...launcher.args, ...rank([]), ":", ...other], folder).ended;
        };
        const data = await differing("--data", "other.tsv");
        expect(data.code).not.toBe(0);
        expect(data.stderr).toMatch(
          /trivium: the ranks were started differently: .*data is "\w+… on rank 0, "\w+… on rank 1/,
        );
        const precision = await differing("--backend-options", '{"precision":"bf16"}');
        expect(precision.stderr).toContain('precision is "f32" on rank 0, "bf16" on rank 1');
        expect(readdirSync(folder)).not.toContain("refused");
      },
    );
  });
}
