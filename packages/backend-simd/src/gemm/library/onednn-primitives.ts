import type { Koffi, KoffiLibrary } from "./koffi.ts";

/** Major versions of oneDNN whose C interface is known: in 2 descriptors are structures of the caller, in 3 they are the library's. */
export type OnednnMajor = 2 | 3;

/** A function of each element, or its gradient, of a run of floats. */
export interface EltwiseRequest {
  /** A value of `dnnl_alg_kind_t`. */
  readonly algorithm: number;
  /** The function's parameter; 0 for those that have none. */
  readonly alpha: number;
  readonly count: number;
  readonly isGradient: boolean;
}

/** A primitive of the library, for the thread that made it. */
export interface Primitive {
  /** Runs on the addresses of its arguments, in their order. */
  run(addresses: readonly number[]): void;
  destroy(): void;
}

/** The values of the C interface's enumerations, the same in both versions. */
const CPU = 1;
const IN_ORDER = 1;
const F32 = 3;
const FORWARD_TRAINING = 64;
const argument = { source: 1, destination: 17, sourceGradient: 129, destinationGradient: 145 };

/** Places in the workspace, in bytes: a result, two lists of sizes, and structures of version 2, which are smaller. */
const place = { result: 0, sizes: 64, strides: 192, vector: 1024, operation: 8192, bytes: 32768 };

type Call = (...values: number[]) => void;

/**
 * Opens the library's primitives on the calling thread, which has been set up to use one thread.
 *
 * @throws what koffi throws if a symbol is missing.
 * @source https://github.com/uxlfoundation/oneDNN, include/oneapi/dnnl/dnnl.h of v2.6 and v3.2
 */
export function openPrimitives(library: KoffiLibrary, koffi: Koffi, major: OnednnMajor) {
  // Its own buffer, which stays where it is; the closures below keep it.
  const words = new BigInt64Array(new ArrayBuffer(place.bytes));
  const workspace = Number(koffi.address(words));
  const bind = binder(library);
  /** The object whose address a call writes. */
  const made = (call: Call, ...values: number[]): number => {
    call(workspace + place.result, ...values);
    return Number(words[place.result / 8]);
  };
  const engine = made(bind("dnnl_engine_create", "p i z"), CPU, 0);
  const stream = made(bind("dnnl_stream_create", "p p u"), engine, IN_ORDER);
  const createPrimitive = bind("dnnl_primitive_create", "p p");
  const createMemory = bind("dnnl_memory_create", "p p p p");
  const setHandle = bind("dnnl_memory_set_data_handle", "p p");
  const execute = bind("dnnl_primitive_execute", "p p i p");
  const destroy = {
    primitive: bind("dnnl_primitive_destroy", "p"),
    description: bind("dnnl_primitive_desc_destroy", "p"),
    memory: bind("dnnl_memory_destroy", "p"),
  };
  const describe = (major === 2 ? describeBy2 : describeBy3)({ bind, made, workspace, engine });

  const primitiveOf = (description: number, vector: number, kinds: readonly number[]): Primitive => {
    const primitive = made(createPrimitive, description);
    const memories = kinds.map(() => made(createMemory, vector, engine, 0));
    // Pairs of an int and a pointer.
    const pairs = BigInt64Array.from(kinds.flatMap((kind, index) => [BigInt(kind), BigInt(memories[index]!)]));
    const given = new BigInt64Array(new ArrayBuffer(pairs.byteLength));
    given.set(pairs);
    const at = Number(koffi.address(given));
    return {
      run(addresses) {
        for (const [index, address] of addresses.entries()) setHandle(memories[index]!, address);
        execute(primitive, stream, given.length / 2, at);
      },
      destroy() {
        destroy.primitive(primitive);
        for (const memory of memories) destroy.memory(memory);
      },
    };
  };

  return {
    eltwise({ algorithm, alpha, count, isGradient }: EltwiseRequest): Primitive {
      words[place.sizes / 8] = BigInt(count);
      words[place.strides / 8] = 1n;
      const vector = describe.vector();
      const forward = describe.forward([algorithm, alpha], vector);
      const description = isGradient ? describe.backward([algorithm, alpha], vector, forward) : forward;
      const { source, destination, sourceGradient, destinationGradient } = argument;
      const kinds = isGradient ? [source, destinationGradient, sourceGradient] : [source, destination];
      const primitive = primitiveOf(description, vector, kinds);
      for (const one of new Set([description, forward])) destroy.description(one);
      describe.forget(vector);
      return primitive;
    },
  };
}

/** Prototypes' types by a letter each. */
const types: Readonly<Record<string, string>> = {
  p: "uintptr_t",
  i: "int",
  u: "unsigned int",
  z: "size_t",
  f: "float",
};

/** Returns a function that finds a symbol, whose calls throw unless their status is 0. */
function binder(library: KoffiLibrary) {
  return (symbol: string, letters: string): Call => {
    const parameters = letters.split(" ").map((letter) => types[letter]);
    const call = library.func(`int ${symbol}(${parameters.join(", ")})`);
    return (...values) => {
      const status = call(...values);
      if (status !== 0) throw new Error(`${symbol} failed with status ${status}`);
    };
  };
}

interface Opened {
  readonly bind: (symbol: string, letters: string) => Call;
  readonly made: (call: Call, ...values: number[]) => number;
  readonly workspace: number;
  readonly engine: number;
}

/** A value of `dnnl_alg_kind_t`, and its parameter. */
type Algorithm = readonly [algorithm: number, alpha: number];

/** Descriptions of primitives, by address. */
interface Descriptions {
  /** Of as many floats as stand in the workspace. */
  vector(): number;
  forward(how: Algorithm, vector: number): number;
  backward(how: Algorithm, vector: number, forward: number): number;
  forget(vector: number): void;
}

function describeBy2({ bind, made, workspace, engine }: Opened): Descriptions {
  const initialise = bind("dnnl_memory_desc_init_by_strides", "p i p i p");
  const forward = bind("dnnl_eltwise_forward_desc_init", "p i i p f f");
  const backward = bind("dnnl_eltwise_backward_desc_init", "p i p p f f");
  const create = bind("dnnl_primitive_desc_create", "p p p p p");
  const operation = workspace + place.operation;
  return {
    vector() {
      initialise(workspace + place.vector, 1, workspace + place.sizes, F32, workspace + place.strides);
      return workspace + place.vector;
    },
    forward([algorithm, alpha], vector) {
      forward(operation, FORWARD_TRAINING, algorithm, vector, alpha, 0);
      return made(create, operation, 0, engine, 0);
    },
    backward([algorithm, alpha], vector, hint) {
      backward(operation, algorithm, vector, vector, alpha, 0);
      return made(create, operation, 0, engine, hint);
    },
    forget() {},
  };
}

function describeBy3({ bind, made, workspace, engine }: Opened): Descriptions {
  const create = bind("dnnl_memory_desc_create_with_strides", "p i p i p");
  const forward = bind("dnnl_eltwise_forward_primitive_desc_create", "p p i i p p f f p");
  const backward = bind("dnnl_eltwise_backward_primitive_desc_create", "p p i p p p f f p p");
  const forget = bind("dnnl_memory_desc_destroy", "p");
  return {
    vector: () => made(create, 1, workspace + place.sizes, F32, workspace + place.strides),
    forward: ([algorithm, alpha], vector) =>
      made(forward, engine, FORWARD_TRAINING, algorithm, vector, vector, alpha, 0, 0),
    backward: ([algorithm, alpha], vector, hint) =>
      made(backward, engine, algorithm, vector, vector, vector, alpha, 0, hint, 0),
    forget,
  };
}
