// The names that Postgres gives to what has none: constraints, indexes, sequences.

/** What a name may have, in bytes of UTF-8. */
const MAX_BYTES = 63
const encoder = new TextEncoder()

/**
 * `table_column_label`, as Postgres makes it (makeObjectName() of its indexcmds.c), cut to 63 bytes: the longer of the two names gives way. Without
 * the number that it appends when the name is taken.
 */
export function objectName(first: string, second: string, label: string): string {
  const whole = `${first}_${second}_${label}`
  if (whole.length * 3 <= MAX_BYTES || encoder.encode(whole).length <= MAX_BYTES) return whole
  const room = MAX_BYTES - encoder.encode(label).length - 2
  let firstBytes = encoder.encode(first).length
  let secondBytes = encoder.encode(second).length
  while (firstBytes + secondBytes > room)
    if (firstBytes > secondBytes) firstBytes--
    else secondBytes--
  return `${clip(first, firstBytes)}_${clip(second, secondBytes)}_${label}`
}

/** The longest beginning that has not more bytes, without half a character. */
function clip(text: string, maxBytes: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += encoder.encode(character).length
    if (bytes > maxBytes) break
    end += character.length
  }
  return text.slice(0, end)
}
