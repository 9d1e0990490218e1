// What pg_dump and psql put between statements: rows of COPY and commands with a backslash. They are blanked, so that lines and columns stay.
const COPY = /^copy\s[^;]*\bfrom\s+stdin\b[^;]*;[ \t]*\r?$/gim
const COMMAND = /^\\[^\n]*/gm

/** The script with spaces in the place of rows and commands. As long as before. */
export function withoutData(text: string): string {
  let result = ''
  let from = 0
  COPY.lastIndex = 0
  for (let match = COPY.exec(text); match !== null; match = COPY.exec(text)) {
    const start = match.index + match[0].length
    const end = endOfData(text, start)
    result += text.slice(from, start) + blank(text.slice(start, end))
    from = end
    COPY.lastIndex = end
  }
  const rest = result + text.slice(from)
  return rest.includes('\\') ? rest.replaceAll(COMMAND, blankCommand) : rest
}

/** Behind the line with `\.`. */
function endOfData(text: string, from: number): number {
  const found = /^\\\.[ \t]*\r?$/m.exec(text.slice(from))
  return found === null ? text.length : from + found.index + found[0].length
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ')
}

/** Only those that psql knows: a line of a function's body may begin with a backslash too. */
function blankCommand(line: string): string {
  return /^\\(restrict|unrestrict|connect|c|encoding|set|unset|echo|i|ir|o|pset|timing|q|if|elif|else|endif|getenv|prompt|warn|\.)(\s|$)/.test(
    line,
  )
    ? blank(line)
    : line
}
