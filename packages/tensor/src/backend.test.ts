import "@tensorflow/tfjs-backend-cpu";
import { afterEach, expect, test } from "vitest";
import { activateBackend, backend } from "./backend.ts";
import { activeTraits, type BackendTraits } from "./backend-traits.ts";
import { fusedFamilies } from "./fused/families.ts";
import { fusedKernels } from "./fused/fused-kernels.ts";
import { tf } from "./tf.ts";

const plain: BackendTraits = { reads: "cheap", arithmetic: "float32", fused: [] };
const probing = (found: unknown) => ({ ...plain, name: "nowhere", probe: async () => found as never });

test("activating what cannot run here says why and what would help, in the error's details too", async () => {
  const refused = activateBackend(probing({ available: false, reason: "there is no card", remedy: "Plug one in" }));
  await expect(refused).rejects.toMatchObject({
    code: "backend/unavailable",
    message: 'backend "nowhere" cannot run here: there is no card. Plug one in',
    details: { backend: "nowhere", reason: "there is no card", remedy: "Plug one in" },
  });
});

test("a backend that tfjs cannot start is refused as well", async () => {
  tf.registerBackend("nowhere", () => Promise.reject(new Error("no device")));
  await expect(activateBackend(probing({ available: true, detail: "" }))).rejects.toMatchObject({
    code: "backend/unavailable",
  });
  tf.removeBackend("nowhere");
});

test("a backend plugin holds the backend itself", () => {
  const mine = { ...probing({}), name: "mine", activate: async () => {} };
  expect(backend("mine", mine)).toMatchObject({ kind: "backend", name: "mine", create: mine });
});

const registered: string[] = [];
afterEach(() => {
  for (const name of registered.splice(0)) tf.unregisterKernel(name, "cpu");
});
const register = (names: readonly string[]) =>
  names.forEach((kernelName) => {
    tf.registerKernel({ kernelName, backendName: "cpu", kernelFunc: () => tf.zeros([1]) });
    registered.push(kernelName);
  });
const namesOf = (family: string) =>
  Object.values(fusedKernels).flatMap((kernel) => (kernel.family === family ? [kernel.name] : []));
const activateCpu = (traits: Partial<BackendTraits> = {}) =>
  activateBackend({ ...plain, ...traits, name: "cpu", probe: async () => ({ available: true, detail: "" }) });

test.for(fusedFamilies.filter((family) => namesOf(family).length > 1))(
  "half of the family %s of fused kernels is refused on activation, naming what is missing",
  async (family) => {
    const [missing, ...rest] = namesOf(family) as [string, ...string[]];
    register(rest);
    const refused = { code: "backend/fused-family", details: { backend: "cpu", family, missing: [missing] } };
    await expect(activateCpu({ fused: [family] })).rejects.toMatchObject(refused);
    await expect(activateCpu()).rejects.toMatchObject(refused);
    await expect(activateCpu()).rejects.toThrow(`lacks ${missing};`);
  },
);

test("a family that is declared and not registered is refused, and so is the reverse", async () => {
  await expect(activateCpu({ fused: ["dropout"] })).rejects.toThrow(
    'backend "cpu" declares the family "dropout" of fused kernels and lacks TriviumDropout; register all',
  );
  register(["TriviumDropout"]);
  await expect(activateCpu()).rejects.toThrow(
    'backend "cpu" has kernels of, and does not declare, the family "dropout"',
  );
  await activateCpu({ fused: ["dropout"] });
  expect(activeTraits().fused).toEqual(["dropout"]);
});

test("fused attention without the sizes that its plans are cut by is refused", async () => {
  register(namesOf("attention"));
  await expect(activateCpu({ fused: ["attention"] })).rejects.toThrow("declares no `attentionGrain`");
  const attentionGrain = { blockQueries: 4, tileQueries: 2, tileKeys: 8 };
  await activateCpu({ fused: ["attention"], attentionGrain });
  expect(activeTraits().attentionGrain).toEqual(attentionGrain);
});

test("a backend that nothing declared has cheap reads and nothing fused", async () => {
  tf.registerBackend("unknown", () => tf.findBackend("cpu"));
  await tf.setBackend("unknown");
  expect(activeTraits()).toEqual(plain);
  await tf.setBackend("cpu");
  tf.removeBackend("unknown");
});
