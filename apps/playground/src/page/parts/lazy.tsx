import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { texts } from "../preferences.ts";

/** Returns a component that is loaded when it is first shown. A part that cannot be loaded is said, and asked for again. */
export function lazy(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded = signal<{ readonly Component: FunctionComponent } | undefined>(undefined);
  const isMissing = signal(false);
  const begin = async () => {
    try {
      loaded.value = { Component: await load() };
      isMissing.value = false;
    } catch {
      isMissing.value = true;
    }
  };
  return function Lazy() {
    useEffect(() => {
      if (!loaded.peek()) void begin();
    }, []);
    const { Component } = loaded.value ?? {};
    if (Component) return <Component />;
    return isMissing.value ? <p class="error">{texts.value.notLoaded}</p> : null;
  };
}
