import { joinMpi } from "@trivium/distributed/node";
import { collectiveChecks } from "@trivium/distributed/testing";

// One rank of a group: it makes the checks of collectives, and then ends the group in the way that its argument names.
const [, , way] = process.argv;
const collective = await joinMpi();
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
if (way === "silent") process.env.TRIVIUM_PATIENCE = "2";
if (way === "silent" && isLast) await new Promise((resolve) => setTimeout(resolve, 3000));
if (way === "silent") await collective.barrier().catch(tell);
const leave = async () => {
  await collective.leave();
  process.exit(0);
};
process.stdout.write(`${said}\n`, () => void leave());
