/**
 * Gives `util` its `isNullOrUndefined` back, which Node.js 23 dropped and tfjs-node 4.22 still calls.
 *
 * @source https://github.com/tensorflow/tfjs/issues/8609
 */
export function restoreIsNullOrUndefined(): void {
  const util = process.getBuiltinModule("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
