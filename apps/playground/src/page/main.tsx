import { render } from "preact";
import { App } from "./app.tsx";
import { loadTexts } from "./preferences.ts";

await loadTexts();
render(<App />, document.getElementById("page") as HTMLElement);
