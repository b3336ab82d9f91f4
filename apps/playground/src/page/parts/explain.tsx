import type { Screen } from "../../address/screens.ts";
import { texts } from "../preferences.ts";
import type { ExplainStep } from "../texts/explain-step.ts";

interface ExplainProps {
  readonly screen: Screen;
  readonly steps: readonly ExplainStep[];
}

/** Short steps through the idea of a screen; each is an address that sets the state it speaks of. */
export const Explain = ({ screen, steps }: ExplainProps) => (
  <details class="prose">
    <summary>{texts.value.explain}</summary>
    <ol>
      {steps.map(({ text, link }) => (
        <li key={link}>
          <a href={`#/${screen}${link === "" ? "" : `?${link}`}`}>{text}</a>
        </li>
      ))}
    </ol>
  </details>
);
