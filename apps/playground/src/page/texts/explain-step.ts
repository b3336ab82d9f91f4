/** A step through a screen, with the parameters of the state that it speaks of. */
export interface ExplainStep {
  readonly text: string;
  readonly link: string;
}
