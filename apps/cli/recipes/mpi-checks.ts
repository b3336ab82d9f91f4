import { joinMpi } from "@trivium/distributed/node";
import { collectiveChecks } from "@trivium/distributed/testing";

// One rank of a group: it makes the checks of collectives, and then ends the group in the way that its argument names.
const collective = await joinMpi();
const [, , way] = process.argv;
for (const [name, check] of Object.entries(collectiveChecks)) {
  await check(collective).catch((error: unknown) => {
    process.stderr.write(`rank ${collective.rank}: ${name}: ${String(error)}\n`);
    process.exit(3);
  });
}
let said = `rank ${collective.rank} of ${collective.size}`;
const isLast = collective.rank === collective.size - 1;
const tell = (error: unknown) => {
  said += `: ${(error as { code: string }).code}, ${(error as Error).message}`;
};
if (way === "abort" && isLast) await collective.abort("it broke");
else if (way === "abort") await collective.barrier().catch(tell);
if (way === "out-of-step") await (isLast ? collective.barrier() : collective.gather(new Uint8Array(9))).catch(tell);
process.stdout.write(`${said}\n`, () => void collective.leave().then(() => process.exit(0)));
