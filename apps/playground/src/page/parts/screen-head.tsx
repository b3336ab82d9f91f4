import { texts } from "../preferences.ts";

/** Texts at the top of a screen. */
interface ScreenHeadProps {
  readonly title: string;
  readonly intro: string;
  /** Words of the address that were not understood. */
  readonly problems: readonly string[];
}

/** The title of a screen, what it is for, and what of its address was not understood. */
export const ScreenHead = ({ title, intro, problems }: ScreenHeadProps) => (
  <>
    <h1>{title}</h1>
    <p class="prose">{intro}</p>
    {problems.length > 0 ? (
      <p class="note" role="status">
        {texts.value.problems(problems.join(", "))}
      </p>
    ) : null}
  </>
);
