// WWW-Authenticate and Authentication-Info (RFC 9110, 11.6.1): several challenges in one line, each with parameters.
export interface ParsedChallenge {
  readonly scheme: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const PARAMETER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/
const SCHEME = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?=\s|,|$)/
const TOKEN68 = /^\s+([A-Za-z0-9\-._~+/]+=*)\s*(?=,|$)/

/** The challenges of one header. What cannot be read ends the list. */
export function parseChallenges(header: string): ParsedChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  let rest = header
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '')
    if (rest === '') return challenges
    const parameter = PARAMETER.exec(rest)
    const current = challenges.at(-1)
    if (parameter !== null && current !== undefined) {
      current.parameters.set(
        (parameter[1] ?? '').toLowerCase(),
        parameter[2]?.replace(/\\(.)/g, '$1') ?? parameter[3] ?? '',
      )
      rest = rest.slice(parameter[0].length)
      continue
    }
    const scheme = SCHEME.exec(rest)
    if (scheme === null) return challenges
    challenges.push({ scheme: scheme[1] ?? '', parameters: new Map() })
    rest = rest.slice(scheme[0].length)
    const token = TOKEN68.exec(rest)
    if (token !== null) rest = rest.slice(token[0].length)
  }
}

/** The parameters of a header that has no scheme: Authentication-Info. */
export function parseParameters(header: string): ReadonlyMap<string, string> {
  return parseChallenges(`info ${header}`)[0]?.parameters ?? new Map()
}
