// JSON set in lines without changing a digit, a name or a {{variable}} of it.

/** The text, indented by two; null when it cannot be read far enough to be sure that nothing changes. */
export function tidyJson(text: string): string | null {
  if (text.length > 2_000_000 || text.trim() === '') return null
  let out = ''
  const depth: string[] = []
  let needsIndent = false
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^\s+$/.test(token)) continue
    const isClosing = token === '}' || token === ']'
    if (isClosing) {
      if (depth.pop() !== token) return null
      out += needsIndent ? token : `\n${'  '.repeat(depth.length)}${token}`
      needsIndent = false
      continue
    }
    if (needsIndent) out += `\n${'  '.repeat(depth.length)}`
    needsIndent = false
    if (token === '{' || token === '[') {
      depth.push(token === '{' ? '}' : ']')
      out += token
      needsIndent = true
    } else if (token === ',') out += `,\n${'  '.repeat(depth.length)}`
    else if (token === ':') out += ': '
    else if (/^(?:"|\{\{|-?\d|true$|false$|null$)/.test(token)) out += token
    else return null
  }
  return depth.length === 0 ? out : null
}

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|\{\{[^{}]*\}\}|[{}[\],:]|[^\s"{}[\],:]+|"/g
