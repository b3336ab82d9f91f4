import type { Koffi, KoffiLibrary } from "./koffi.ts";

/** Major versions of oneDNN whose C interface is known: in 2 descriptors are structures of the caller, in 3 they are the library's. */
export type OnednnMajor = 2 | 3;

/** A primitive of the library, for the thread that made it. */
export interface Primitive {
  /** Runs from one address to another, which may be the same. */
  run(source: number, destination: number): void;
  destroy(): void;
}

/** The values of the C interface's enumerations, the same in both versions. */
const [CPU, IN_ORDER, F32, FORWARD_INFERENCE] = [1, 1, 3, 96];
const argument = { source: 1n, destination: 17n };
/** `dnnl_eltwise_exp`, by the major version. */
const exponential: Readonly<Record<OnednnMajor, number>> = { 2: 0xbf, 3: 0x2a };

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
  const destroyPrimitive = bind("dnnl_primitive_destroy", "p");
  const destroyDescription = bind("dnnl_primitive_desc_destroy", "p");
  const destroyMemory = bind("dnnl_memory_destroy", "p");
  const describe = (major === 2 ? describeBy2 : describeBy3)({ bind, made, workspace, engine });

  return {
    /** eˣ of each of `count` floats. */
    exponential(count: number): Primitive {
      words[place.sizes / 8] = BigInt(count);
      words[place.strides / 8] = 1n;
      const vector = describe.vector();
      const description = describe.exponential(vector);
      const primitive = made(createPrimitive, description);
      const memories = [made(createMemory, vector, engine, 0), made(createMemory, vector, engine, 0)] as const;
      destroyDescription(description);
      describe.forget(vector);
      // Pairs of an int and a pointer.
      const given = new BigInt64Array(new ArrayBuffer(32));
      given.set([argument.source, BigInt(memories[0]), argument.destination, BigInt(memories[1])]);
      const at = Number(koffi.address(given));
      return {
        run(source, destination) {
          setHandle(memories[0], source);
          setHandle(memories[1], destination);
          execute(primitive, stream, given.length / 2, at);
        },
        destroy() {
          destroyPrimitive(primitive);
          for (const memory of memories) destroyMemory(memory);
        },
      };
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

/** Descriptions by address. */
interface Descriptions {
  /** A row of floats, whose number stands in the workspace. */
  vector(): number;
  exponential(vector: number): number;
  forget(vector: number): void;
}

function describeBy2({ bind, made, workspace, engine }: Opened): Descriptions {
  const initialise = bind("dnnl_memory_desc_init_by_strides", "p i p i p");
  const forward = bind("dnnl_eltwise_forward_desc_init", "p i i p f f");
  const create = bind("dnnl_primitive_desc_create", "p p p p p");
  const operation = workspace + place.operation;
  return {
    vector() {
      initialise(workspace + place.vector, 1, workspace + place.sizes, F32, workspace + place.strides);
      return workspace + place.vector;
    },
    exponential(vector) {
      forward(operation, FORWARD_INFERENCE, exponential[2], vector, 0, 0);
      return made(create, operation, 0, engine, 0);
    },
    forget() {},
  };
}

function describeBy3({ bind, made, workspace, engine }: Opened): Descriptions {
  const create = bind("dnnl_memory_desc_create_with_strides", "p i p i p");
  const forward = bind("dnnl_eltwise_forward_primitive_desc_create", "p p i i p p f f p");
  return {
    vector: () => made(create, 1, workspace + place.sizes, F32, workspace + place.strides),
    exponential: (vector) => made(forward, engine, FORWARD_INFERENCE, exponential[3], vector, vector, 0, 0, 0),
    forget: bind("dnnl_memory_desc_destroy", "p"),
  };
}
