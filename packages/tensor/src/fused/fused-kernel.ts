/** The element type of an input; with `?` the input may be missing. */
export type InputType = "float32" | "int32" | "bool" | "float32?" | "int32?" | "bool?";

/** The type of an attribute; a list of names is one of these names. */
export type AttributeType = "number" | "boolean" | "number[]" | readonly string[];

/** A kernel that a backend may have, as plain data from which the op and the backend's kernel take their types. */
export interface FusedKernel {
  /** The tfjs kernel name under which a backend registers it. */
  readonly name: string;
  /** A backend has all kernels of a family or none. */
  readonly family: string;
  /** The inputs by name, or any number of float32 tensors in a list. */
  readonly inputs: Readonly<Record<string, InputType>> | "float32[]";
  readonly attributes: Readonly<Record<string, AttributeType>>;
  /** The outputs in order, those that may be missing last and with `?`; or any number of float32 tensors. */
  readonly outputs: readonly string[] | "float32[]";
  readonly gradient?:
    | {
        /** The outputs, the first ones, that have gradients; further ones are statistics. A list of outputs has all. */
        readonly of: readonly string[] | "outputs";
        /** The inputs and outputs that the gradient reads, in their order; a list of inputs is read whole. */
        readonly saves: readonly string[] | "inputs";
      }
    | undefined;
}

type OptionalNames<Inputs> = {
  [Name in keyof Inputs]: Inputs[Name] extends `${string}?` ? Name : never;
}[keyof Inputs];

/** The inputs of a fused kernel, as tensors of type `Item`. */
export type FusedInputs<Kernel extends FusedKernel, Item> = Kernel["inputs"] extends "float32[]"
  ? readonly Item[]
  : { readonly [Name in Exclude<keyof Kernel["inputs"], OptionalNames<Kernel["inputs"]>>]: Item } & {
      readonly [Name in OptionalNames<Kernel["inputs"]>]?: Item | undefined;
    };

type AttributeValue<Type> = Type extends "number"
  ? number
  : Type extends "boolean"
    ? boolean
    : Type extends "number[]"
      ? readonly number[]
      : Type extends readonly (infer Name)[]
        ? Name
        : never;

/** The attributes of a fused kernel. */
export type FusedAttributes<Kernel extends FusedKernel> = {
  readonly [Name in keyof Kernel["attributes"]]: AttributeValue<Kernel["attributes"][Name]>;
};

type OutputsByName<Names, Item> = Names extends readonly [infer First extends string, ...infer Rest]
  ? First extends `${string}?`
    ? [Item?, ...OutputsByName<Rest, Item>]
    : [Item, ...OutputsByName<Rest, Item>]
  : [];

/** The outputs of a fused kernel in order, as tensors of type `Item`. */
export type FusedOutputs<Kernel extends FusedKernel, Item> = Kernel["outputs"] extends "float32[]"
  ? Item[]
  : OutputsByName<Kernel["outputs"], Item>;

/** What the gradient of a fused kernel reads: inputs and outputs by name, or a list of inputs whole. */
export type FusedSaved<Kernel extends FusedKernel, Item> =
  NonNullable<Kernel["gradient"]> extends { readonly saves: readonly (infer Name extends string)[] }
    ? {
        readonly [Saved in Name]:
          | Item
          | (Kernel["outputs"] extends readonly (infer Output)[]
              ? `${Saved}?` extends Output
                ? undefined
                : never
              : never);
      }
    : FusedInputs<Kernel, Item>;
