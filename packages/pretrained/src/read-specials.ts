import type { SpecialTokens, TokenizerDefinition } from "@trivium/text";
import type { ForeignConfig } from "./foreign-config.ts";

/** What a tokenizer puts around a text. */
export interface Around {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

interface SpecialsRequest {
  readonly foreign: ForeignConfig;
  readonly vocabulary: number;
  /** The ids of special tokens by their text, where a tokenizer has some. */
  readonly ids: ReadonlyMap<string, number>;
  readonly unknown?: number | undefined;
  readonly around: Around;
}

/** Returns the special tokens of a checkpoint: by the ids of its configuration, and what its tokenizer puts around a text. */
export function readSpecials({ foreign, vocabulary, ids, unknown, around }: SpecialsRequest): SpecialTokens {
  const all = (name: string): number[] =>
    [foreign[name]].flat().filter((id) => isId(id) && id >= 0 && id < vocabulary) as number[];
  const one = (name: string): number | undefined => all(name)[0];
  const end = all("eos_token_id");
  const after = end.slice(0, 1);
  const [pad, begin] = [one("pad_token_id"), one("bos_token_id")];
  const sentinels = Array.from({ length: 100 }, (_, at) => ids.get(`<extra_id_${at}>`)).filter(
    (id) => id !== undefined,
  );
  const start = one("decoder_start_token_id") ?? begin;
  const target = start === undefined ? undefined : { start, before: all("forced_bos_token_id").slice(0, 1), after };
  const isPair = foreign.is_encoder_decoder === true || one("decoder_start_token_id") !== undefined;
  return {
    end,
    pad,
    unknown,
    mask: ids.get("<mask>"),
    sentinels: sentinels.length > 0 ? sentinels : undefined,
    named: begin === undefined ? {} : { begin },
    frame: isPair ? { source: around, target } : { joined: { before: around.before, between: [], after } },
  };
}

interface Processor {
  readonly type?: unknown;
  readonly processors?: unknown;
  readonly single?: unknown;
  readonly special_tokens?: unknown;
  readonly cls?: unknown;
  readonly sep?: unknown;
}

/** What a `tokenizer.json` puts around a text: its post-processor says so. */
export function aroundOf({ post_processor: given }: TokenizerDefinition): Around {
  const { type, processors, single, special_tokens, cls, sep } = objectOf(given) as Processor;
  if (type === "Sequence" && Array.isArray(processors)) {
    const all = processors.map((processor) => aroundOf({ post_processor: processor, model: { vocab: {} } }));
    return { before: all.flatMap(({ before }) => before), after: all.flatMap(({ after }) => after) };
  }
  if (type === "RobertaProcessing" || type === "BertProcessing") {
    return { before: [cls].flat().filter(isId), after: [sep].flat().filter(isId) };
  }
  if (type !== "TemplateProcessing" || !Array.isArray(single)) return { before: [], after: [] };
  const items = single.map((item) => objectOf(objectOf(item).SpecialToken).id);
  const text = items.indexOf(undefined);
  const idsOf = (names: readonly unknown[]): number[] =>
    names.flatMap((name) => objectOf(objectOf(special_tokens)[String(name)]).ids ?? []).filter(isId);
  return { before: idsOf(items.slice(0, text)), after: idsOf(items.slice(text + 1)) };
}

const isId = (value: unknown): value is number => Number.isInteger(value);

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
