import { escapeHtml } from "./escape-html.ts";

/** A command that was typed or is to be typed. */
export const renderCommand = (command: string): string =>
  `<pre tabindex="0" aria-label="command"><code>${escapeHtml(command)}</code></pre>`;

/** The facts that a reader needs to repeat or to compare a result, by name. */
export const renderSignature = (parts: Readonly<Record<string, unknown>>): string =>
  `<dl class="signature">${Object.entries(parts)
    .map(([name, value]) => `<dt>${escapeHtml(spaced(name))}</dt><dd>${renderValue(value)}</dd>`)
    .join("")}</dl>`;

const spaced = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function renderValue(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value.join(", ");
  if (Array.isArray(value)) return value.map((item) => `<div>${renderValue(item)}</div>`).join("");
  if (typeof value !== "object" || value === null) return escapeHtml(String(value ?? "–"));
  return Object.entries(value)
    .map(([name, item]) => `<div><span class="name">${escapeHtml(spaced(name))}</span> ${renderValue(item)}</div>`)
    .join("");
}
