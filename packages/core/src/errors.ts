/** What a thrown error carries besides its message. */
export interface ErrorOptionsWithDetails {
  /** Machine-readable facts: the shapes, names or numbers that the message speaks of. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

const marker = Symbol.for("trivium.error");

/**
 * The base of every error that Trivium throws on purpose.
 *
 * A message says what is wrong, what was expected, what was got, and what to do. `code` is stable
 * (`"attention/head-width"`) and is what programs should test; the class tells the kind of trouble.
 *
 * @example TriviumError.is(new ShapeError("attention/head-width", "…"), "attention/head-width") // => true
 */
export class TriviumError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: ErrorOptionsWithDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, marker, { value: true });
  }

  /**
   * Whether `error` is of this class, and of `code` if one is given; of `TriviumError`, whether it is of any class here.
   * Survives two copies of this package.
   *
   * @example DataError.is(new ConfigError("model/width", "…")) // => false
   */
  static is(error: unknown, code?: string): error is TriviumError {
    if (typeof error !== "object" || error === null || !(marker in error)) return false;
    const { name, code: own } = error as Partial<TriviumError>;
    // biome-ignore lint/complexity/noThisInStatic: each class asks for itself.
    return (this === TriviumError || name === this.name) && (code === undefined || own === code);
  }
}

/** Tensors whose shapes do not fit together. */
export class ShapeError extends TriviumError {}

/** A configuration field that is missing, of the wrong type or out of range. */
export class ConfigError extends TriviumError {}

/** A name that no registered plugin of that kind has. */
export class UnknownPluginError extends TriviumError {}

/** A combination or request that cannot work, with the reason. */
export class UnsupportedError extends TriviumError {}

/** A checkpoint or run folder that is missing, truncated, altered or of another run. */
export class CheckpointError extends TriviumError {}

/** Data from outside that cannot be used; the message names the file and the line. */
export class DataError extends TriviumError {}

/** A loss or gradient that is not finite, or that diverged. */
export class NumericsError extends TriviumError {}
