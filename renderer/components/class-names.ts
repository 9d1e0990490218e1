// Joins class names, leaving out what does not apply.

/** `classNames('a', isOn && 'b')`. */
export function classNames(...names: readonly (string | false | undefined | null)[]): string {
  return names.filter((name) => typeof name === 'string' && name !== '').join(' ')
}
