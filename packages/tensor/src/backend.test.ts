import { expect, test } from "vitest";
import { activateBackend, backend } from "./backend.ts";
import { tf } from "./tf.ts";

const probing = (found: unknown) => ({ name: "nowhere", probe: async () => found as never });

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
  const mine = { name: "mine", probe: probing({}).probe, activate: async () => {} };
  expect(backend("mine", mine)).toMatchObject({ kind: "backend", name: "mine", create: mine });
});
