import type { Absent } from "../contender.ts";

export type Jax = typeof import("@jax-js/jax");

/** jax-js on its WebAssembly device, if it is installed. */
export async function loadJax(): Promise<Jax | Absent> {
  let jax: Jax;
  try {
    jax = await import("@jax-js/jax");
  } catch {
    return { name: "jax-js", reason: "the package @jax-js/jax is not installed", remedy: "npm install @jax-js/jax" };
  }
  const devices = await jax.init("wasm");
  if (!devices.includes("wasm")) {
    return { name: "jax-js", reason: "it finds no WebAssembly here", remedy: "Use Node 22 or newer" };
  }
  jax.defaultDevice("wasm");
  return jax;
}

/** An array from row-major values. */
export const jaxArray = ({ numpy }: Jax, values: Float32Array<ArrayBuffer>, shape: number[]) =>
  numpy.array(values).reshape(shape);
