import type { Claim, ClaimRequest, ClaimResult, Findings, StoredArm, Verdict } from "@trivium/claims";
import type { Json, Reason } from "@trivium/core";
import type { Effect } from "@trivium/evaluator";
import type { Architecture } from "@trivium/model";
import { tf } from "@trivium/tensor";
import type { ClaimsRun } from "../claims/claims-folder.ts";
import type { Plugins } from "../load-registry.ts";
import { ownVersion } from "../own-package.ts";
import { typedCommand } from "../typed-command.ts";
import { hashOf, maskSpecs } from "./comparison-report.ts";
import { intervalSignature, scoreSignatures } from "./metric-signatures.ts";

/** An arm as a report shows it: all but the long lists of its numbers, which are in the file `arms/HASH.json`. */
export type ReportedArm = Omit<StoredArm, "format" | "version">;

/** A claim with its findings, none of which are there where it was not run. */
export interface ReportedClaim
  extends Pick<Claim, "statement" | "evidence" | "measure" | "expected">,
    Pick<Findings, "tables" | "charts" | "notes"> {
  readonly id: string;
  /** The command that measures it again. */
  readonly command: string;
  /** Equal signatures have equal numbers, times aside; what is common to all claims stands in the report's. */
  readonly signature: ArmsSignature;
  /** The verdict on the first effect; `"not run"` where there is a reason instead. */
  readonly verdict: Verdict | "not run";
  readonly reason?: Reason | undefined;
  readonly effects: readonly Effect[];
  readonly arms: readonly ReportedArm[];
}

/** Everything that numbers of arms depend on. */
export interface ArmsSignature {
  /** Changes with the configuration of any arm. */
  readonly configuration: string;
  /** Fingerprints by name of the dataset: a list where its options make several of it. */
  readonly data: Readonly<Record<string, readonly string[]>>;
  /** One for each that took part. */
  readonly machines: readonly Json[];
  /** The environment of the measurement, where it is not the report's. */
  readonly environment?: Json | undefined;
}

/** Claims as they are saved. */
export interface ClaimsReport {
  readonly format: "trivium-claims";
  readonly version: 1;
  /** The command that measures all of it again. */
  readonly command: string;
  readonly request: ClaimRequest;
  readonly claims: readonly ReportedClaim[];
  readonly signature: ArmsSignature & {
    /** Versions of the program that judged and wrote; those that measured are the machines'. */
    readonly versions: Readonly<Record<string, string>>;
    /** Changes with what any mask says of itself. */
    readonly masks: string;
    /** The methods of the numbers. */
    readonly metrics: readonly string[];
    readonly seeds: readonly number[];
    readonly environment: Json;
  };
}

/** Everything that a reader needs to judge the claims and to repeat them. */
export function createClaimsReport(results: readonly ClaimResult[], run: ClaimsRun, registry: Plugins): ClaimsReport {
  const arms = results.flatMap((result) => (result.status === "measured" ? result.arms : []));
  const architectures = registry.list("architecture").map(({ create }) => create as Architecture);
  return {
    format: "trivium-claims",
    version: 1,
    command: commandOf(run.claims, run),
    request: run.request,
    claims: results.map((result) => reportedClaim(result, run)),
    signature: {
      versions: { trivium: ownVersion(), node: process.version, "tfjs-core": tf.version_core },
      ...signatureOf(arms),
      masks: hashOf(architectures.map(maskSpecs)),
      metrics: [...scoreSignatures("greedy, or the beam of the arm's configuration"), intervalSignature],
      seeds: run.request.seeds,
      environment: run.environment,
    },
  };
}

/** The parts of the environment that are the same wherever they are not asked for; the library of matrix products is not. */
const usual: Readonly<Record<string, string>> = { backend: "simd", precision: "f32", attention: "fused" };

function commandOf(ids: readonly string[], { request, plugins, environment }: ClaimsRun): string {
  const chosen = ["backend", "gemm", "precision", "attention"].flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === usual[name] ? [] : [`--${name}`, value];
  });
  const { preset, seeds } = request;
  const asked = ["--preset", preset, "--seeds", String(seeds.length), ...chosen];
  return typedCommand(["claims", "run", ...ids, ...asked, ...plugins.flatMap((one) => ["--plugin", one])]);
}

const signatureOf = (arms: readonly StoredArm[]): ArmsSignature => ({
  configuration: hashOf(arms.map(({ hash }) => hash)),
  data: fingerprintsOf(arms),
  machines: machinesOf(arms),
});

const machinesOf = (arms: readonly StoredArm[]): Json[] => [
  ...new Map(arms.flatMap(({ machine }) => (machine ? [[JSON.stringify(machine), machine]] : []))).values(),
];

function reportedClaim(result: ClaimResult, run: ClaimsRun): ReportedClaim {
  const { id, claim } = result;
  const { statement, evidence, measure, expected } = claim;
  const signature = signatureOf(result.status === "measured" ? result.arms : []);
  const about = { id, statement, evidence, measure, expected, command: commandOf([id], run), signature };
  if (result.status === "measured") {
    const { findings, verdict, arms } = result;
    const notes = [...findings.notes, ...machineNotes(arms)];
    return { ...about, verdict, ...findings, notes, arms: arms.map(reportedArm) };
  }
  const reason = run.reasons[id] ?? result.reason;
  return { ...about, verdict: "not run", reason, effects: [], tables: [], charts: [], notes: [], arms: [] };
}

/** A run may go on on another machine; what that does to its numbers shall be known. */
function machineNotes(arms: readonly StoredArm[]): string[] {
  const { size } = new Set(machinesOf(arms).map(hardwareOf));
  if (size < 2) return [];
  return [
    `Its arms ran on ${size} machines: seconds compare only those of one, and between machines sums may be rounded otherwise.`,
  ];
}

/** The hardware, which decides times and last bits; versions of this program and of Node stand in the signature. */
const hardwareOf = (machine: Json): string => {
  const { node, trivium, ...hardware } = machine as Readonly<Record<string, Json>>;
  return JSON.stringify(hardware);
};

function reportedArm({ name, hash, configuration, numbers, seconds, times, curve, machine }: StoredArm): ReportedArm {
  return { name, hash, configuration, numbers: summary(numbers), seconds, times, curve, machine };
}

/** Lists that are longer are for statistics, not for readers. */
const longest = 16;

function summary(value: Json): Json {
  if (Array.isArray(value)) return value.length > longest ? `${value.length} values` : value.map(summary);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, summary(field as Json)]));
}

function fingerprintsOf(arms: readonly StoredArm[]): Record<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { numbers } of arms) {
    const { name, fingerprint } = (numbers as { data?: { name?: unknown; fingerprint?: unknown } } | null)?.data ?? {};
    if (typeof name !== "string" || typeof fingerprint !== "string") continue;
    found.set(name, (found.get(name) ?? new Set()).add(fingerprint));
  }
  return Object.fromEntries([...found].map(([name, prints]) => [name, [...prints].sort()]));
}
