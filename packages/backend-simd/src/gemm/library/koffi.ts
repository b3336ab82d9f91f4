/** The part of koffi that is used: https://koffi.dev */
export interface Koffi {
  load(path: string): KoffiLibrary;
  address(data: ArrayBufferView): bigint;
  decode(pointer: unknown, type: "int", length: number): ArrayLike<number>;
}

export interface KoffiLibrary {
  /** A function by its prototype in C. @throws if the library, and what it was linked with, has no such symbol. */
  func(prototype: string): (...values: unknown[]) => unknown;
}

// Not imported, so that bundles for browsers need not know the module.
const nodeModule = () => globalThis.process?.getBuiltinModule?.("node:module");

/** The file to load koffi from, in every thread; undefined where it is not installed. */
export function koffiPath(): string | undefined {
  try {
    return nodeModule()
      ?.createRequire(import.meta.url)
      .resolve("koffi");
  } catch {
    return undefined;
  }
}

/** @throws if this platform has no build of it. */
export function loadKoffi(path: string): Koffi {
  return nodeModule()!.createRequire(path)(path) as Koffi;
}
