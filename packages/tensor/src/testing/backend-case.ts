/** One thing that a backend must do. It needs no test framework, so a page can run it too. */
export interface BackendCase {
  /** Unique; exemptions name it. */
  readonly name: string;
  /** Runs on the active backend. @throws if the backend does not do it. */
  run(): Promise<void>;
}
