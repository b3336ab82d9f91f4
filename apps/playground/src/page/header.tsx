import { useSignal } from "@preact/signals";
import { type Screen, screens } from "../address/screens.ts";
import {
  chooseLanguage,
  chooseTheme,
  type Language,
  language,
  languages,
  texts,
  theme,
  themes,
} from "./preferences.ts";
import { addressOf, presentLink, screen } from "./route.ts";

const names = Object.keys(screens) as Screen[];

/** The name of the page, the ways to its screens, and what the reader chooses for all of them. */
export function Header() {
  const { screens: titles } = texts.value;
  return (
    <header class="page-header">
      <a class="brand" href="#/">
        Trivium
      </a>
      <nav aria-label="Trivium">
        {names.map((name) => (
          <a key={name} href={addressOf(name)} aria-current={screen.value === name ? "page" : undefined}>
            {titles[name]}
          </a>
        ))}
      </nav>
      <div class="preferences">
        <CopyLink />
        <ChooseTheme />
        {(Object.keys(languages) as Language[])
          .filter((one) => one !== language.value)
          .map((one) => (
            <button key={one} type="button" lang={one} onClick={() => void chooseLanguage(one)}>
              {languages[one]}
            </button>
          ))}
      </div>
    </header>
  );
}

function ChooseTheme() {
  const { theme: said } = texts.value;
  return (
    <label>
      <span class="hidden">{said.label}</span>
      <select
        value={theme.value}
        onChange={({ currentTarget }) => chooseTheme(themes.find((one) => one === currentTarget.value) ?? "auto")}
      >
        {themes.map((one) => (
          <option key={one} value={one}>
            {said[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Copies a text, and returns whether that was allowed: pages without TLS have no clipboard. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies the address, and says that it did, or why it cannot. */
function CopyLink() {
  const said = useSignal("");
  const copy = async () => {
    const { copied, linkInAddress, linkTooLong } = texts.peek();
    const { link, isTooLong, length } = presentLink();
    if (isTooLong) said.value = linkTooLong(length);
    else said.value = (await isCopied(link)) ? copied : linkInAddress;
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {texts.value.copyLink}
      </button>
      <span role="status" class="said">
        {said.value}
      </span>
    </>
  );
}
