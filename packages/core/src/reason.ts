/** Why something cannot be done: a stable code for programs, a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}
