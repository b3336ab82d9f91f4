import { computed, type ReadonlySignal, signal } from "@preact/signals";
import {
  type Fields,
  LONGEST_ADDRESS,
  readAddress,
  readState,
  type StateOf,
  writeAddress,
} from "../address/address.ts";
import { type Screen, screens } from "../address/screens.ts";

const address = signal(readAddress(location.hash));
/** The part of the address behind `#` that the page has read or written last: a reader who leaves is at another already. */
let knownHash = location.hash;
addEventListener("hashchange", () => {
  clearTimeout(waiting);
  knownHash = location.hash;
  presentHash = () => location.hash;
  address.value = readAddress(location.hash);
});

const isScreen = (name: string): name is Screen => Object.hasOwn(screens, name);

/** The screen that the address names; the first one where it names none. */
export const screen: ReadonlySignal<Screen> = computed(() => {
  const named = address.value.screen;
  return isScreen(named) ? named : "article";
});

/** The state of a screen, as the address and the reader make it. */
export interface ScreenState<Of> {
  readonly state: ReadonlySignal<StateOf<Of>>;
  /** What the address says that means nothing here. */
  readonly problems: ReadonlySignal<readonly string[]>;
  /** Changes a part of the state, and with it the address. */
  change(part: Partial<StateOf<Of>>): void;
}

/** The present addresses of the screens that were seen, behind `#`. */
const presentAddresses = new Map<Screen, () => string>();

/** The address of a screen as the reader left it. */
export const addressOf = (name: Screen): string =>
  presentAddresses.get(name)?.() ?? (name === "article" ? "#/" : `#/${name}`);

/** Time between two writings of the address: browsers refuse too many. */
const PAUSE_MS = 250;
let waiting: ReturnType<typeof setTimeout> | undefined;
/** The part of the address behind `#` in the present state, however long it is. */
let presentHash = (): string => location.hash;

/** The state of one screen, which follows the address and is followed by it. */
export function createScreenState<const Of extends Fields>(name: Screen, fields: Of): ScreenState<Of> {
  const first = readState(fields, name === screen.peek() ? address.peek() : { parameters: new Map(), broken: [] });
  const state = signal(first.state);
  const problems = signal(first.problems);
  presentAddresses.set(name, () => writeAddress(name, fields, state.value));
  address.subscribe((read) => {
    if (read.screen !== name) return;
    const now = readState(fields, read);
    if (writeAddress(name, fields, now.state) !== writeAddress(name, fields, state.peek())) state.value = now.state;
    problems.value = now.problems;
  });
  return {
    state,
    problems,
    change(part) {
      state.value = { ...state.peek(), ...part };
      problems.value = [];
      // Another screen may change this one, which has the address.
      if (screen.peek() !== name) return;
      presentHash = () => writeAddress(name, fields, state.peek());
      clearTimeout(waiting);
      waiting = setTimeout(presentLink, PAUSE_MS);
    },
  };
}

/** Writes the address of the page in its present state, unless that is too long for one. */
export function presentLink(): { readonly link: string; readonly isTooLong: boolean; readonly length: number } {
  clearTimeout(waiting);
  const hash = presentHash();
  const isTooLong = hash.length > LONGEST_ADDRESS;
  if (!isTooLong && hash !== location.hash && location.hash === knownHash) {
    history.replaceState(null, "", hash);
    knownHash = location.hash;
  }
  return { link: location.href, isTooLong, length: hash.length };
}
