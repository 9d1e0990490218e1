// Draws a diagram file: `npm run diagram -- FILE.diagram out.svg [light|dark]`. For a pull request's picture of its schema.
import { readFile, writeFile } from 'node:fs/promises'
import { readDiagram } from '../postgres/common/exchange/diagram/read-diagram.ts'
import { outlineSvg } from '../postgres/common/exchange/svg/svg.ts'

/** Writes the drawing of a diagram file. Resolves to what is wrong with the file, a line for each; then nothing is written. */
export async function drawDiagram(from: string, to: string, theme: 'light' | 'dark'): Promise<string[]> {
  const { outline, diagram, problems } = readDiagram(await readFile(from, 'utf8'))
  if (problems.length === 0) await writeFile(to, outlineSvg(outline, diagram, { theme, nameOf: (id) => id }))
  return problems.map(({ line, message }) => `${from}:${line}: ${message}`)
}

async function main(): Promise<number> {
  const [from, to, theme = 'light'] = process.argv.slice(2)
  if (from === undefined || to === undefined || (theme !== 'light' && theme !== 'dark')) {
    console.error('Usage: npm run diagram -- FILE.diagram out.svg [light|dark]')
    return 2
  }
  const problems = await drawDiagram(from, to, theme)
  for (const problem of problems) console.error(problem)
  return problems.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = await main()
