import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";

/** Returns a component that is loaded when it is first shown. */
export function lazy(load: () => Promise<FunctionComponent>): FunctionComponent {
  const loaded = signal<{ readonly Component: FunctionComponent } | undefined>(undefined);
  return function Lazy() {
    useEffect(() => {
      if (loaded.peek()) return;
      void load().then((Component) => {
        loaded.value = { Component };
      });
    }, []);
    const { Component } = loaded.value ?? {};
    return Component ? <Component /> : null;
  };
}
