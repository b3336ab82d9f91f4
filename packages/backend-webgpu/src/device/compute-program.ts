/** The way in which a program uses a buffer, and the type of its elements: `"read f32"`, `"write u32"`. */
export type BufferUse = `${"read" | "write"} ${"f32" | "i32" | "u32"}`;

/** The type of a number that a program is given beside its buffers. */
export type NumberType = "u32" | "i32" | "f32";

/** A compute shader as data. */
export interface ComputeProgram<Buffers extends string = string, Numbers extends string = string> {
  /** The label that errors of the device show. */
  readonly name: string;
  /** In the order of their bindings; at most 8, which every device has. A buffer to write may be read too. */
  readonly buffers: Readonly<Record<Buffers, BufferUse>>;
  /** The fields of `numbers`, a struct that the code can read. */
  readonly numbers: Readonly<Record<Numbers, NumberType>>;
  /** Invocations of a workgroup, at most 256, which every device has. */
  readonly lanes: number;
  /** WGSL with `fn work(group: u32, lane: u32)`: the work of one invocation of one workgroup. */
  readonly code: string;
}

/** The most workgroups of one dimension on every device. */
export const MOST_GROUPS = 65_535;

/** Types a program by its own buffers and numbers. */
export const defineProgram = <const Buffers extends string, const Numbers extends string>(
  program: ComputeProgram<Buffers, Numbers>,
): ComputeProgram<Buffers, Numbers> => program;

/** Returns the numbers of workgroups in two dimensions, for any number of workgroups in one. */
export function foldGroups(groups: number): readonly [x: number, y: number] {
  const y = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / y), y];
}

/**
 * Writes the whole WGSL of a program: its bindings, its numbers, and an entry that counts workgroups in one dimension.
 *
 * @source WGSL, https://www.w3.org/TR/WGSL/
 */
export function shaderOf({ buffers, numbers, lanes, code }: ComputeProgram): string {
  const bindings = Object.entries(buffers).map(([name, use], binding) => {
    const [access, type] = use.split(" ");
    const mode = access === "read" ? "read" : "read_write";
    return `@group(0) @binding(${binding}) var<storage, ${mode}> ${name}: array<${type}>;`;
  });
  const fields = Object.entries({ groups: "u32", ...numbers }).map(([name, type]) => `  ${name}: ${type},`);
  return `${bindings.join("\n")}
struct Numbers {
${fields.join("\n")}
}
@group(0) @binding(${bindings.length}) var<uniform> numbers: Numbers;

${code}
@compute @workgroup_size(${lanes})
fn entry(
  @builtin(workgroup_id) place: vec3u,
  @builtin(num_workgroups) extent: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = place.x + place.y * extent.x;
  if (group < numbers.groups) {
    work(group, lane);
  }
}
`;
}

/** Returns the bytes of a program's numbers, in the order of its fields. */
export function packNumbers(
  program: ComputeProgram,
  groups: number,
  values: Readonly<Record<string, number>>,
): ArrayBuffer {
  const types = Object.entries(program.numbers);
  const view = new DataView(new ArrayBuffer(16 * Math.ceil((types.length + 1) / 4)));
  view.setUint32(0, groups, true);
  types.forEach(([name, type], index) => {
    const [at, value] = [4 * (index + 1), values[name]!];
    if (type === "f32") view.setFloat32(at, value, true);
    // The same bits for both integers.
    else view.setUint32(at, value >>> 0, true);
  });
  return view.buffer;
}
