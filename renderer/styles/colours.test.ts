// No raw colour in components: only tokens, so that both themes and their contrast hold.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const RENDERER = join(import.meta.dirname, '..')
/** Monaco takes no names: its theme is made of the tokens' values at run time, and needs hex for what is transparent. */
const MADE_FROM_TOKENS = join(RENDERER, 'components/code-editor/editor-theme.ts')
const PALETTE =
  /\b(?:bg|text|border|fill|stroke|outline|ring|from|to|via|decoration|accent|caret|shadow|divide|placeholder)-(?:red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|neutral|stone)-\d{2,3}\b/
const PLAIN = /\b(?:bg|text|border|fill|stroke)-(?:white|black)\b/
const HEX = /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?![\w-])/i
const FUNCTION = /\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(/

/** What is wrong with a line of a component, or undefined. */
function rawColour(line: string): string | undefined {
  for (const pattern of [PALETTE, PLAIN, HEX, FUNCTION]) {
    const match = pattern.exec(line)
    if (match !== null) return match[0]
  }
  return undefined
}

function components(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== MADE_FROM_TOKENS)
}

describe('colours', () => {
  it('come from the tokens in every component', () => {
    const found = components(RENDERER).flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const colour = rawColour(line.replace(/^\s*(?:\/\/|\*|\/\*).*$/, ''))
          return colour === undefined ? [] : [`${relative(RENDERER, file)}:${index + 1} ${colour}`]
        }),
    )
    expect(found).toEqual([])
  })

  it.each([
    '<p className="text-red-500">',
    'bg-white',
    "color: '#fff'",
    'fill="#1d1e22"',
    'rgb(0 0 0 / 0.5)',
  ])('are noticed when raw: %s', (line) => {
    expect(rawColour(line)).toBeDefined()
  })

  it.each(['bg-s1 text-1 border-line-2', 'text-danger bg-danger-soft', 'href="#result"', "prefix: '#'"])(
    'are not seen where there are none: %s',
    (line) => {
      expect(rawColour(line)).toBeUndefined()
    },
  )

  it('are the same names in both themes', () => {
    const css = readFileSync(join(RENDERER, 'styles/tokens.css'), 'utf8')
    const names = (block: string): readonly string[] =>
      [...block.matchAll(/^\s*(--[a-z0-9-]+):/gm)].map((match) => match[1] ?? '')
    const [dark = '', light = ''] = css.split("[data-theme='light']")
    expect(names(light.split('@media')[0] ?? '')).toEqual(names(dark))
  })
})
