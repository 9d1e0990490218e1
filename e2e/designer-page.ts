// The designer as a person uses it: tables by their names, panels, dialogs, the review.
import { readFile } from 'node:fs/promises'
import { expect, type Locator, type Page } from '@playwright/test'

export interface NewForeignKey {
  readonly column: string
  /** As the list of keys names it: `rental (rental_id)`. */
  readonly refersTo: string
}

export class DesignerPage {
  readonly page: Page
  readonly diagram: Locator
  readonly inspector: Locator
  readonly preview: Locator
  readonly status: Locator
  readonly dialog: Locator

  constructor(page: Page) {
    this.page = page
    this.diagram = page.getByRole('application', { name: /^Diagram with/ })
    this.inspector = page.getByRole('complementary', { name: 'Inspector' })
    this.preview = page.getByRole('region', { name: 'Migration preview' })
    this.status = page.getByRole('contentinfo', { name: 'Status' }).or(page.getByLabel('Status')).first()
    this.dialog = page.getByRole('dialog')
  }

  /** Saves a connection, from the area of connections. */
  async addConnection(name: string, uri: string): Promise<void> {
    await this.goToArea('Connections')
    await this.page
      .getByRole('button', { name: /^Add connection/ })
      .first()
      .click()
    await this.dialog.getByLabel('Paste a connection string').fill(uri)
    await expect(this.dialog.getByLabel('Host')).toHaveValue('127.0.0.1')
    await this.dialog.getByLabel('Name', { exact: true }).fill(name)
    await this.dialog.getByRole('button', { name: 'Add connection' }).click()
    await expect(this.dialog).toBeHidden()
  }

  async goToArea(name: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Areas' })
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .click()
  }

  /** A table, view or enum on the canvas. */
  shape(name: string): Locator {
    return this.diagram.getByRole('group', { name: new RegExp(`^(Table|View|Enum) ${name} in `) })
  }

  /** Finds it in the tree and selects it: it comes into view, and the inspector shows it. */
  async select(name: string): Promise<void> {
    const filter = this.page.getByRole('searchbox', { name: 'Filter tables' })
    await filter.fill(name)
    await this.page
      .getByRole('treeitem', { name: new RegExp(`^${name}\\b`) })
      .first()
      .click()
    await filter.fill('')
    await expect(this.inspector.getByRole('heading', { name, exact: true })).toBeVisible()
  }

  async openColumn(table: string, column: string): Promise<void> {
    await this.select(table)
    await this.inspector.getByRole('button', { name: `Open ${column}`, exact: true }).click()
    await expect(this.inspector.getByRole('heading', { name: `${table}.${column}` })).toBeVisible()
  }

  /** With the key of the canvas; the name is typed where the table stands. */
  async addTable(name: string): Promise<void> {
    await this.diagram.focus()
    await this.page.keyboard.press('t')
    const field = this.diagram.getByRole('textbox', { name: 'Name' })
    await expect(field).toBeFocused()
    await field.fill(name)
    await field.press('Enter')
    await expect(this.shape(name)).toBeVisible()
    await expect(this.inspector.getByRole('heading', { name, exact: true })).toBeVisible()
  }

  /** Adds a column to the table in the inspector and goes back to the table. */
  async addColumn(table: string, { name, type }: { name: string; type: string }): Promise<void> {
    await this.inspector.getByRole('button', { name: 'Add column' }).click()
    const nameField = this.inspector.getByLabel('Name', { exact: true })
    await nameField.fill(name)
    await nameField.press('Enter')
    const typeField = this.inspector.getByRole('combobox', { name: 'Type' })
    await typeField.fill(type)
    await typeField.press('Enter')
    await expect(this.inspector.getByRole('heading', { name: `${table}.${name}` })).toBeVisible()
    await this.inspector.getByRole('button', { name: `Back to ${table}` }).click()
    await expect(this.inspector.getByRole('textbox', { name: `Name of ${name}` })).toHaveValue(name)
  }

  /** For the table in the inspector. */
  async addForeignKey({ column, refersTo }: NewForeignKey): Promise<void> {
    await this.inspector.getByRole('button', { name: 'Add foreign key' }).click()
    await this.choose('Column', new RegExp(`^${column}`))
    await this.choose('Refers to', refersTo)
    await this.dialog.getByRole('button', { name: 'Add foreign key' }).click()
    await expect(this.dialog).toBeHidden()
  }

  /** Takes an option of a list in the dialog that is open. */
  async choose(label: string, option: string | RegExp): Promise<void> {
    await this.dialog.getByRole('button', { name: new RegExp(`${label}$`) }).click()
    await this.page.getByRole('option', { name: option, exact: typeof option === 'string' }).click()
  }

  /** Renames what the inspector shows. */
  async rename(to: string): Promise<void> {
    const field = this.inspector.getByLabel('Name', { exact: true })
    await field.fill(to)
    await field.press('Enter')
  }

  /** The statements of the preview below the canvas. */
  get statements(): Locator {
    return this.preview.getByRole('list', { name: 'Statements, up' }).getByRole('listitem')
  }

  async openReview(): Promise<void> {
    await this.preview.getByRole('button', { name: /^Review migration/ }).click()
    await expect(this.dialog.getByRole('heading', { name: 'Review migration' })).toBeVisible()
  }

  /** Applies what is under review and waits until the draft is empty. */
  async apply(): Promise<void> {
    await this.dialog.getByRole('button', { name: /^Apply migration/ }).click()
    await expect(this.dialog).toBeHidden()
    await expect(this.preview).toBeHidden()
  }

  /** Types what a dialog wants to be typed before something is lost. */
  async agreeToLose(name: string, lost: string): Promise<void> {
    const dialog = this.dialog.or(this.page.getByRole('alertdialog'))
    await expect(dialog.getByRole('group', { name: 'This loses data' })).toContainText(lost)
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name)
  }

  /** Puts SQL behind what is under review, as a person does. */
  async addSqlInReview(sql: string): Promise<void> {
    await this.dialog.getByRole('radio', { name: 'SQL up' }).click()
    await this.dialog.getByRole('region', { name: 'SQL that applies it' }).locator('.view-lines').click()
    await this.page.keyboard.press('ControlOrMeta+End')
    await this.page.keyboard.insertText(sql)
    await expect(this.dialog.getByText('Edited by hand')).toBeVisible()
    await this.dialog.getByRole('radio', { name: /^Safety report/ }).click()
  }

  /** From the list of migrations; types the name of the table that loses values. */
  async rollBackLatest(
    name: string,
    loses: { readonly table: string; readonly lost: string },
  ): Promise<void> {
    await this.page.getByRole('button', { name: 'Show migrations' }).click()
    await this.page.getByRole('button', { name: `Actions of ${name}` }).click()
    await this.page.getByRole('menuitem', { name: /^Roll back…/ }).click()
    const question = this.page.getByRole('alertdialog')
    await this.agreeToLose(loses.table, loses.lost)
    await question.getByText('This migration may run as postgres').click()
    await question.getByRole('button', { name: 'Roll back' }).click()
    await question.getByRole('button', { name: 'Close' }).last().click()
    await expect(question).toBeHidden()
  }

  /** Opens the import and gives it a file. */
  async importFile(name: string, text: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Import', exact: true }).click()
    const chosen = this.page.waitForEvent('filechooser')
    await this.dialog.getByRole('button', { name: 'Choose file' }).click()
    await (await chosen).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
  }

  /** Exports in a format; gives the file's name and text. */
  async export(format: string): Promise<{ name: string; text: string }> {
    await this.page.getByRole('button', { name: 'Export', exact: true }).click()
    await this.dialog.getByRole('radio', { name: format, exact: true }).click()
    const download = this.page.waitForEvent('download')
    await this.dialog.getByRole('button', { name: 'Save file' }).click()
    const file = await download
    await expect(this.dialog).toBeHidden()
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
  }
}
