import { huggingFacePlugin } from "./hugging-face.ts";
import { runFolderPlugin } from "./run-folder.ts";

export { type AnswerOptions, type AnswerRequest, answerOptions } from "./answer-options.ts";
export { familiesOf, withAdapter } from "./apply-adapter.ts";
export { type Composition, compose, composeOrThrow, type Parts, type Refusal } from "./compose.ts";
export { type Chat, type ChatAnswers, type ChatOptions, chatAnswers, createChat } from "./create-chat.ts";
export { describeValues } from "./describe-values.ts";
export { evaluateOptions } from "./evaluate-options.ts";
export { gigabytes, type TrainingMemory } from "./fit-memory.ts";
export { assertModelFits, leastDecodingBytes, type ModelFit, weightBytes } from "./fit-model.ts";
export { holdWeights } from "./hold-weights.ts";
export { mergeRecipes } from "./merge-recipes.ts";
export { type ModelFormat, modelFormat, type OpenModelOptions, openModel } from "./open-model.ts";
export type { OpenedAdapter, OpenedModel, TaskForm } from "./opened-model.ts";
export { parametersHash } from "./parameters-hash.ts";
export { batchesOf, type FittedRecipe, type Prepared, type PrepareOptions, prepare, trainOptions } from "./prepare.ts";
export * from "./prepare-data.ts";
export * from "./recipe.ts";
export * from "./resolve.ts";
export { type RunFiles, runFiles } from "./run-files.ts";
export { assertResumable } from "./run-folder.ts";
export type { BaseModel } from "./start-from.ts";
export { type StreamTextOptions, streamText } from "./stream-text.ts";
export { textLength } from "./text-length.ts";
export { trainingNotes } from "./training-notes.ts";

/** The formats of trained models of this package, for a registry. */
export const modelFormatPlugins = [runFolderPlugin, huggingFacePlugin] as const;
