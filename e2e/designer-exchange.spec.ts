// Schemas in and out of the designer as texts and pictures: in a real browser, under the page's policy, from and to files.
import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { test } from './desktop.ts'
import { DesignerPage } from './designer-page.ts'
import { startFilmRental, type FilmRental } from './film-rental.ts'
import { createStack, type Stack } from './stack.ts'

let stack: Stack
let shop: FilmRental

test.beforeAll(async () => {
  ;[stack, shop] = await Promise.all([createStack(), startFilmRental()])
})
test.afterAll(async () => {
  await stack.close()
  await shop.close()
})

const SQL = `create table supplier (supplier_id integer primary key, name text not null);
create table delivery (delivery_id integer primary key, supplier_id integer references supplier);
do $$ begin end $$;
`
const DBML = `Table award {
  award_id integer [pk]
  film_id integer
}
`

test('schemas are imported from texts and files, and exported in every format', async ({ desktop }) => {
  test.setTimeout(300_000)
  const page = await desktop.start(stack)
  const designer = new DesignerPage(page)
  const { dialog } = designer
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) failures.push(message.text())
  })
  const openImport = () => page.getByRole('button', { name: 'Import', exact: true }).click()
  const exported = async (format: string): Promise<Buffer> => {
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    await dialog.getByRole('radio', { name: format, exact: true }).click()
    const waiting = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Save file' }).click()
    const download = await waiting
    await expect(dialog).toBeHidden()
    return await readFile(await download.path())
  }

  await page.getByRole('button', { name: 'Continue without account' }).click()
  await designer.addConnection('Film rental', shop.uri)
  await designer.goToArea('Designer')
  await expect(designer.shape('film')).toBeVisible()

  await test.step('SQL that is pasted: what cannot be imported is said by its line, one undo takes it back', async () => {
    await openImport()
    await dialog.getByLabel('Text', { exact: true }).fill(SQL)
    await expect(dialog).toContainText('2 objects to add.')
    await expect(dialog).toContainText('3:1 A DO block is not run')
    await dialog.getByRole('button', { name: 'Import 2 objects' }).click()
    await expect(dialog).toBeHidden()
    await expect(designer.shape('supplier')).toBeVisible()
    await expect(designer.statements.filter({ hasText: /create table public\.delivery/ })).toBeVisible()
    await designer.diagram.focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expect(designer.shape('supplier')).toBeHidden()
    await expect(designer.preview).toBeHidden()
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await expect(designer.statements.filter({ hasText: /create table public\.delivery/ })).toBeVisible()
  })

  await test.step('a DBML file', async () => {
    await openImport()
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'awards.dbml',
      mimeType: 'text/plain',
      buffer: Buffer.from(DBML),
    })
    await dialog.getByRole('button', { name: 'Import 1 object' }).click()
    await expect(dialog).toBeHidden()
    await expect(designer.statements.filter({ hasText: /create table public\.award/ })).toBeVisible()
  })

  let diagram = ''
  await test.step('texts', async () => {
    expect(String(await exported('SQL'))).toMatch(/create table (public\.)?supplier/i)
    expect(String(await exported('DBML'))).toMatch(/Table "?award"?/)
    expect(String(await exported('Mermaid'))).toMatch(/^erDiagram/)
    diagram = String(await exported('Diagram file'))
    expect(diagram).toMatch(/^nebuladb diagram 1\n/)
    expect(diagram).toMatch(/^table public\.award at -?\d+ -?\d+$/m)
  })

  await test.step('pictures', async () => {
    const svg = String(await exported('SVG'))
    expect(svg).toMatch(/^<svg/)
    expect(svg).toContain('supplier')
    const png = await exported('PNG')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.readUInt32BE(16)).toBeGreaterThan(1000)
    expect(png.length).toBeGreaterThan(20_000)
  })

  await test.step('a diagram file brings places, groups and notes; one undo takes them back', async () => {
    const moved = `${diagram.replace(/^table public\.award at .*$/m, 'table public.award at 4321 1234')}
group Prizes colour 2
  member table "public.award"
`
    await openImport()
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'shop.diagram',
      mimeType: 'text/plain',
      buffer: Buffer.from(moved),
    })
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(dialog).toBeHidden()
    const after = String(await exported('Diagram file'))
    expect(after).toContain('table public.award at 4321 1234')
    expect(after).toContain('group Prizes colour 2')
    await designer.diagram.focus()
    await page.keyboard.press('ControlOrMeta+z')
    expect(String(await exported('Diagram file'))).toBe(diagram)
  })

  await test.step('a database is compared with a text', async () => {
    await page.getByRole('button', { name: 'Show migrations' }).click()
    await page.getByRole('button', { name: 'Compare schemas' }).click()
    await page
      .getByRole('group', { name: 'What it should be like', exact: true })
      .getByRole('radio', { name: 'File or text' })
      .click()
    await page.getByLabel('What it should be like: text').fill(SQL)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await expect(page.getByRole('list', { name: 'Differences', exact: true })).toContainText('supplier')
  })
  expect(failures).toEqual([])
})
