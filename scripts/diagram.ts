// Draws a diagram file: `npm run diagram -- FILE.diagram out.svg [light|dark]`. For a pull request's picture of its schema.
import { readFile, writeFile } from 'node:fs/promises'
import { readDiagram } from '../postgres/common/exchange/diagram/read-diagram.ts'
import { outlineSvg } from '../postgres/common/exchange/svg/svg.ts'

const [from, to, theme = 'light'] = process.argv.slice(2)
if (from === undefined || to === undefined || (theme !== 'light' && theme !== 'dark')) {
  console.error('Usage: npm run diagram -- FILE.diagram out.svg [light|dark]')
  process.exit(2)
}
const { outline, diagram, problems } = readDiagram(await readFile(from, 'utf8'))
for (const { line, message } of problems) console.error(`${from}:${line}: ${message}`)
if (problems.length > 0) process.exit(1)
await writeFile(to, outlineSvg(outline, diagram, { theme, nameOf: (id) => id }))
