import { expect, test } from "vitest";
import { shareCores } from "./share-cores.ts";

test.each([
  [{}, 2, { jobs: 2, threads: 1 }],
  [{}, 1, { jobs: 1, threads: 1 }],
  [{}, 32, { jobs: 8, threads: 4 }],
  [{ threads: 2 }, 8, { jobs: 4, threads: 2 }],
  [{ threads: 4 }, 2, { jobs: 1, threads: 4 }],
  [{ jobs: 1 }, 4, { jobs: 1, threads: 4 }],
  [{ jobs: 3 }, 2, { jobs: 3, threads: 1 }],
  [{ jobs: 2, threads: 3 }, 2, { jobs: 2, threads: 3 }],
])("%j on %d cores", (settings, cores, shared) => {
  expect(shareCores(settings, cores)).toEqual(shared);
});
