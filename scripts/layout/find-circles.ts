/**
 * Finds the circles of a graph: each as its members in order, the first one once more at the end.
 *
 * @param nextOf - members that a member leads to.
 */
export function findCircles(members: Iterable<string>, nextOf: (member: string) => Iterable<string>): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (member: string, path: readonly string[]): void => {
    if (path.includes(member)) circles.push([...path.slice(path.indexOf(member)), member]);
    if (path.includes(member) || done.has(member)) return;
    for (const next of nextOf(member)) visit(next, [...path, member]);
    done.add(member);
  };
  for (const member of members) visit(member, []);
  return circles;
}
