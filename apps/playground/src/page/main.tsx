import { render } from "preact";
import { App } from "./app.tsx";
import { loadTexts } from "./preferences.ts";

// Awaited at the top level, the texts would wait for this file of code, which they import from.
void loadTexts().then(() => render(<App />, document.getElementById("page") as HTMLElement));
