// Words of a diagram file: plain names as they are, others in double quotes with the escapes of JSON, so that each thing stays on one line.

/** A name or text as one word. */
export function quoted(text: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)
    ? text
    : JSON.stringify(text).replaceAll(
        /[\u2028\u2029\u0085]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
}

/** The words of a line; undefined where a quote is not closed. Punctuation that stands alone is a word. */
export function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = []
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|(->|[.,:()[\]])|([^\s",.:()[\]]+))/gy
  let at = 0
  while (at < line.trimEnd().length) {
    pattern.lastIndex = at
    const found = pattern.exec(line)
    if (found === null) return undefined
    at = pattern.lastIndex
    if (found[1] === undefined) words.push(found[2] ?? found[3] ?? '')
    else {
      const text = unescaped(found[1])
      if (text === undefined) return undefined
      // Told apart from punctuation and keywords by a mark that no plain word has.
      words.push(`"${text}`)
    }
  }
  return words
}

function unescaped(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The text of a word. */
export function plain(word: string | undefined): string {
  return word?.startsWith('"') === true ? word.slice(1) : (word ?? '')
}
