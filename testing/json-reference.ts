// The pretty view of valid JSON, made the plain way: with the whole text in memory, token by token. What the streaming reader is held against.

const PART_BYTES = 9_997

/** Lines with two spaces per level (up to 100), long ones cut after 9,997 bytes at the beginning of a character. */
export function referenceLines(json: string): { readonly lines: string[]; readonly continues: number[] } {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? []
  let depth = 0
  let text = ''
  const newline = (): string => `\n${'  '.repeat(Math.min(depth, 100))}`
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]
    const isClosing = token === '}' || token === ']'
    const isInEmpty = before === '{' || before === '['
    if (isClosing) {
      depth -= 1
      text += isInEmpty ? token : newline() + token
    } else {
      if (isInEmpty || before === ',') text += newline()
      text += token === ':' ? ': ' : token
      if (token === '{' || token === '[') depth += 1
    }
  })
  const lines: string[] = []
  const continues: number[] = []
  for (const line of text.split('\n')) {
    const bytes = Buffer.from(line)
    let from = 0
    for (let end = PART_BYTES; from < bytes.length || from === 0; end += PART_BYTES) {
      let to = Math.min(end, bytes.length)
      while (to < bytes.length && to > end - 3 && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1
      if (from > 0) continues.push(lines.length)
      lines.push(bytes.toString('utf8', from, to))
      if (to === bytes.length) break
      from = to
    }
  }
  return { lines, continues }
}
