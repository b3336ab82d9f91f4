/** Returns the text of `src/generated/problem-fields.ts`, from that of `assembly/attention/problem.ts`. */
export function problemFieldsSource(problem: string): string {
  const [body] = /class Problem \{[^}]*\}/.exec(problem)!;
  const fields = [...body.matchAll(/(\w+): (usize|u32|i32|f32);/g)].map(([, name, type]) => `  ${name}: "${type}",\n`);
  return `/** Written by \`pnpm generate\` from assembly/attention/problem.ts: the fields of \`Problem\` and their types, in order. */
export const problemFields = {
${fields.join("")}} as const;
`;
}
