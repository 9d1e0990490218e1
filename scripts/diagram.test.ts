import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { drawDiagram } from './diagram.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nebuladb-diagram-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function draw(text: string) {
  const [from, to] = [join(folder, 'shop.diagram'), join(folder, 'shop.svg')]
  await writeFile(from, text)
  return {
    from,
    problems: await drawDiagram(from, to, 'dark'),
    svg: await readFile(to, 'utf8').catch(() => null),
  }
}

test('a diagram file is drawn', async () => {
  const { problems, svg } = await draw(
    'nebuladb diagram 1\n\ntable public.film at 10 20\n  film_id: integer [pk]\n  title: text\n',
  )
  expect(problems).toEqual([])
  expect(svg).toMatch(/^<svg/)
  expect(svg).toContain('film_id')
})

test('a file with problems is not drawn, and each is said with its line', async () => {
  const { from, problems, svg } = await draw('nebuladb diagram 1\n\nnonsense here\n')
  expect(problems).toEqual([`${from}:3: This line cannot be understood.`])
  expect(svg).toBeNull()
})
