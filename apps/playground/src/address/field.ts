/** One value of a screen's state, as it stands in an address. */
export interface Field<Value> {
  /** The value where the address says nothing. */
  readonly fallback: Value;
  /** Returns the value that a text spells, or undefined if it spells none. It never throws. */
  read(text: string): Value | undefined;
  /** Returns the text that spells a value. */
  write(value: Value): string;
}

/** A whole number from `least` to `most`. */
export const integer = (fallback: number, least: number, most: number): Field<number> => ({
  fallback,
  read(text) {
    const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  },
  write: String,
});

/** One of a few words, the first one by default. */
export const choice = <const Value extends string>(values: readonly [Value, ...Value[]]): Field<Value> => ({
  fallback: values[0],
  read: (text) => values.find((value) => value === text),
  write: (value) => value,
});

/** One of a few numbers. */
export const oneNumber = (fallback: number, values: readonly number[]): Field<number> => ({
  fallback,
  read: (text) => values.find((value) => String(value) === text),
  write: String,
});

/** A text of at most `longest` UTF-16 code units, of a form if there is one. */
export const text = (fallback: string, longest: number, form = /^/u): Field<string> => ({
  fallback,
  read: (written) => (written.length <= longest && form.test(written) ? written : undefined),
  write: (value) => value,
});
