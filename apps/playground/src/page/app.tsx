import type { FunctionComponent } from "preact";
import { useRef } from "preact/hooks";
import type { Screen } from "../address/screens.ts";
import { Header } from "./header.tsx";
import { lazy } from "./parts/lazy.tsx";
import { texts } from "./preferences.ts";
import { screen } from "./route.ts";
import { ArticleScreen } from "./screens/article-screen.tsx";
import { MaskScreen } from "./screens/mask-screen.tsx";

/** Screens that only those load who go there. */
const TrainScreen = lazy(async () => (await import("./screens/train-screen.tsx")).TrainScreen);
const LookScreen = lazy(async () => (await import("./screens/look-screen.tsx")).LookScreen);
const DecodeScreen = lazy(async () => (await import("./screens/decode-screen.tsx")).DecodeScreen);

const screensOfPage: Readonly<Record<Screen, FunctionComponent>> = {
  article: ArticleScreen,
  mask: MaskScreen,
  train: TrainScreen,
  look: LookScreen,
  decode: DecodeScreen,
};

/** The page: its header, and the screen that the address names. */
export function App() {
  const main = useRef<HTMLElement>(null);
  const Chosen = screensOfPage[screen.value];
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {texts.value.skip}
      </button>
      <Header />
      <main ref={main} tabIndex={-1}>
        <Chosen key={screen.value} />
      </main>
    </>
  );
}
