// Text within XML and HTML.
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

/** Escapes text for an element or an attribute in double quotes. What XML 1.0 cannot hold at all is written as `\u001b`: it is seen, and the file stays valid. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, codeOf)
    .replace(/[&<>"\n\r\t]/g, (character) => NAMED[character] ?? character)
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
