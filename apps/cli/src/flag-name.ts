/**
 * The flag of a setting.
 *
 * @example flagName("learningRate") // => "--learning-rate"
 */
export const flagName = (setting: string): string =>
  `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
