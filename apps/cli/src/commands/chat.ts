import { type Chat, createChat } from "@trivium/compose";
import { ConfigError, TriviumError } from "@trivium/core";
import { readLines } from "@trivium/data/node";
import type { Command } from "commander";
import { addAnswerFlags, addChatFlags, answersOfFlags, chatTemplateOf, strategyOf } from "../answer-flags.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addEngineFlags, addWeightsFlag, MODEL_ARGUMENT, openRun, weightsOf } from "../open-run.ts";
import type { Output } from "../output.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { typedLines } from "../typed-lines.ts";

export function chatCommand(program: Command): void {
  const command = program
    .command("chat")
    .argument("[model]", MODEL_ARGUMENT)
    .description("Talk with a model that has a chat template: on a terminal, or by lines from standard input.")
    .option("--model <place>", "the model, in the place of the argument");
  defineCommand(addWeightsFlag(addEngineFlags(addAnswerFlags(addChatFlags(command)))), runChat);
}

async function runChat(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const place = (flags.model ?? positional[0]) as string | undefined;
  if (place === undefined) throw new ConfigError("cli/model", "which model? Give its place, or with --model");
  strategyOf(flags);
  const reading = { weights: weightsOf(context), chatTemplate: await chatTemplateOf(flags) };
  const opened = await openRun(place, context, reading);
  const system = flags.system as string | undefined;
  const chat = createChat(opened, { ...answersOfFlags(flags, opened), system });
  if (process.stdin.isTTY && !output.json) {
    output.note(`${opened.name}: Ctrl-C ends an answer, /clear begins anew, Ctrl-D ends`);
    await talk(chat, output);
  } else await answerLines(chat, output);
  chat.dispose();
}

/** A conversation on a terminal. What the model or its template refuses is told, and the conversation goes on. */
async function talk(chat: Chat, output: Output): Promise<void> {
  for await (const line of typedLines("> ")) {
    if (line.trim() === "/clear") chat.clear();
    else if (line.trim() !== "") {
      try {
        await answer(chat, line, output, output.part);
        output.part("\n");
      } catch (error) {
        if (!TriviumError.is(error)) throw error;
        output.note(error.message);
      }
    }
  }
}

/** A conversation by lines of standard input, each of them a message. */
async function answerLines(chat: Chat, output: Output): Promise<void> {
  const answers: { prompt: string; answer: string }[] = [];
  for await (const { text } of readLines(process.stdin, { name: "standard input" })) {
    if (text.trim() === "") continue;
    let whole = "";
    const isWhole = await answer(chat, text, output, (part) => {
      whole += part;
      if (!output.json) output.part(part);
    });
    if (!output.json) output.part("\n");
    answers.push({ prompt: text, answer: whole });
    if (isWhole) continue;
    process.exitCode = interruptedExitCode;
    break;
  }
  if (answers.length === 0)
    throw new ConfigError("cli/prompt", "there is no message; give some as lines on standard input");
  if (output.json) output.result(answers, () => "");
}

/** Shows an answer as it comes. Returns whether nobody broke it off. */
async function answer(chat: Chat, line: string, output: Output, show: (part: string) => void): Promise<boolean> {
  const { signal, release } = stopOnSignals(output, { what: "the answer ends here" });
  try {
    for await (const part of chat.say(line, { signal })) show(part);
  } finally {
    release();
  }
  return !signal.aborted;
}
