/** How Vega writes the numbers of an axis that shows those values: its own way, but for very large and very small ones. */
export function axisFormat(values: readonly number[]): { readonly format?: string } {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  if (Math.max(...sizes) >= 1e4) return { format: "~s" };
  return Math.max(...sizes) < 1e-2 || Math.min(...sizes) < 1e-4 ? { format: ".0e" } : {};
}
