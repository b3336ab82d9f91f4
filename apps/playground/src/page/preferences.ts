import { effect, signal } from "@preact/signals";
import { en } from "./texts/en.ts";
import type { Texts } from "./texts/texts.ts";

export const themes = ["auto", "light", "dark"] as const;
export const languages = { en: "English", zh: "中文" } as const;

export type Theme = (typeof themes)[number];
export type Language = keyof typeof languages;

/** What the reader chose, kept in this browser; a browser that keeps nothing still has it for this visit. */
function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(`trivium-${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`trivium-${key}`, value);
  } catch {
    // Nothing may be kept here.
  }
}

const ofReader = (): Language => (navigator.language.startsWith("zh") ? "zh" : "en");

export const theme = signal<Theme>(themes.find((one) => one === remembered("theme")) ?? "auto");
export const language = signal<Language>(
  remembered("language") === "zh" ? "zh" : remembered("language") ? "en" : ofReader(),
);

/** The texts of the language that the reader reads. */
export const texts = signal<Texts>(en);

/** Counts the changes of the page's colours, which canvases draw again for. */
export const colours = signal(0);

/** Chooses a theme, and keeps the choice. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember("theme", chosen);
}

/** Chooses a language, and keeps the choice. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  language.value = chosen;
  remember("language", chosen);
  await loadTexts();
}

/** Loads the texts of the chosen language, before anything is shown in it; English where they cannot be fetched. */
export async function loadTexts(): Promise<void> {
  const chinese = () =>
    import("./texts/zh.ts").then(
      ({ zh }) => zh,
      () => en,
    );
  texts.value = language.value === "zh" ? await chinese() : en;
  document.documentElement.lang = texts.value.language;
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  colours.value = colours.peek() + 1;
});
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
  matchMedia(query).addEventListener("change", () => {
    colours.value += 1;
  });
}
