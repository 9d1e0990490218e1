// How well a name fits what was typed. Small numbers are better.

/**
 * 0 the whole name · 1 its start · 2 the start of a word in it (`late` in `days_late`) · 3 the first letters of its words (`dl`) · 4 inside ·
 * 5 letters in order, the first one at the start. Undefined when it does not fit. Both in lower case.
 */
export function matchScore(name: string, typed: string): number | undefined {
  if (typed === '') return 1
  const at = name.indexOf(typed)
  if (at === 0) return name.length === typed.length ? 0 : 1
  if (at > 0) {
    for (let from = at; from !== -1; from = name.indexOf(typed, from + 1)) {
      const before = name.charAt(from - 1)
      if (before === '_' || before === ' ' || before === '.') return 2
    }
    return 4
  }
  if (name.charAt(0) !== typed.charAt(0)) return undefined
  if (isInitials(name, typed)) return 3
  let position = 0
  for (const char of typed) {
    const next = name.indexOf(char, position)
    if (next === -1) return undefined
    position = next + 1
  }
  return 5
}

function isInitials(name: string, typed: string): boolean {
  if (!name.includes('_')) return false
  const initials = name
    .split('_')
    .map((word) => word.charAt(0))
    .join('')
  return initials.startsWith(typed)
}
