import { escapeHtml } from "./escape-html.ts";
import { pageStyle } from "./page-style.ts";

/** The parts of a page, as markup. */
export interface PageParts {
  readonly title: string;
  /** Under the title. */
  readonly introduction: string;
  /** Fragments that the page leads to from its top, and what they are called. */
  readonly contents?: readonly { readonly id: string; readonly label: string }[];
  readonly body: string;
}

/** A page that is whole in itself: no scripts, nothing from elsewhere, the reader's theme. */
export function renderPage({ title, introduction, contents = [], body }: PageParts): string {
  const links = contents.map(({ id, label }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(label)}</a></li>`);
  const nav = links.length > 0 ? `<nav aria-label="Contents"><ul>${links.join("")}</ul></nav>` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
${introduction}
${nav}
</header>
<main id="content">
${body}
</main>
</body>
</html>
`;
}
