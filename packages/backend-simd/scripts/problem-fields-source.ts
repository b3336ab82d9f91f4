/** Returns the text of `src/kernels/fused/problem-fields.ts`, from that of `assembly/attention/problem.ts`. */
export function problemFieldsSource(problem: string): string {
  const [body] = /class Problem \{[^}]*\}/.exec(problem)!;
  const fields = [...body.matchAll(/^ {2}(\w+): (usize|u32|i32|f32);$/gm)].map(
    ([, name, type]) => `  ${name}: "${type}",\n`,
  );
  return `/** Written by \`pnpm generate\` from assembly/attention/problem.ts: the fields of \`Problem\` and their types, in order. */
export const problemFields = {
${fields.join("")}} as const;
`;
}
