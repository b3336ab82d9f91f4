import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Yields the lines that are typed on a terminal, with a history. Between two lines the terminal is the system's: Ctrl-C is a
 * signal there. Ends at Ctrl-D, and at Ctrl-C where a line is awaited.
 */
export async function* typedLines(prompt: string): AsyncGenerator<string> {
  let history: string[] = [];
  const pasted: string[] = [];
  let isOver = false;
  while (!isOver) {
    const typed = createInterface({ input: process.stdin, output: process.stdout, history, prompt });
    typed.on("line", (line) => pasted.push(line));
    typed.on("history", (lines) => {
      history = [...lines];
    });
    // Closing it here is no end; Ctrl-C and Ctrl-D are one.
    const end = () => {
      isOver = true;
    };
    typed.once("close", end);
    typed.once("SIGINT", () => typed.close());
    typed.prompt();
    await Promise.race([once(typed, "line"), once(typed, "close")]);
    typed.off("close", end);
    typed.close();
    for (let line = pasted.shift(); line !== undefined; line = pasted.shift()) yield line;
  }
}
