// The app as a person uses it: what they press and what they look at. The same for a page in a browser and a window in Electron.
import { expect, type Locator, type Page } from '@playwright/test'

export interface Person {
  readonly email: string
  readonly password: string
}

export class WorkbenchPage {
  readonly page: Page
  readonly status: Locator
  readonly tabs: Locator
  readonly editor: Locator
  readonly results: Locator
  readonly grid: Locator
  readonly messages: Locator
  readonly offlineBanner: Locator

  constructor(page: Page) {
    this.page = page
    this.status = page.getByRole('contentinfo', { name: 'Status' }).or(page.getByLabel('Status')).first()
    this.tabs = page.getByRole('tablist', { name: 'Open tabs' }).getByRole('tab')
    this.editor = page.getByLabel('SQL editor').locator('.monaco-editor').first()
    this.results = page.locator('[data-results]')
    this.messages = this.results.getByRole('region', { name: 'What the server said' })
    this.offlineBanner = page.getByText(/^Offline since [^ ]+[.]$/)
    this.grid = this.results.getByRole('grid')
  }

  async signUp({ email, password }: Person): Promise<void> {
    const card = this.page.getByRole('region', { name: 'Log in or create an account' })
    await card
      .getByRole('radio', { name: 'Create account' })
      .or(card.getByRole('tab', { name: 'Create account' }))
      .first()
      .click()
    await card.getByLabel('E-mail').fill(email)
    await card.getByLabel('Password').first().fill(password)
    await card.getByRole('button', { name: 'Create account' }).last().click()
    await expect(this.page.getByRole('heading', { name: 'Projects', exact: true })).toBeVisible()
  }

  /** Creates a project and goes on to SQL when its database answers. */
  async createProject(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Create project' }).first().click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByRole('button', { name: 'Create project' }).click()
    await expect(dialog.getByText('Accepts connections')).toBeVisible()
    await dialog.getByRole('button', { name: 'Open SQL' }).click()
    // One types at once: the caret is in the editor.
    await expect(this.editor).toHaveClass(/focused/)
  }

  /** Replaces the text of the current tab by a paste, so that neither completion nor indentation interferes. */
  async write(sql: string): Promise<void> {
    await this.editor.click()
    await this.page.keyboard.press('ControlOrMeta+A')
    await this.page.evaluate((text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      )
    }, sql)
  }

  async runAll(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Shift+Enter')
  }

  async runStatement(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Enter')
  }

  async newTab(): Promise<void> {
    const before = await this.tabs.count()
    await this.page.keyboard.press('Alt+T')
    await expect(this.tabs).toHaveCount(before + 1)
  }

  /** All texts of a row (0 is the first), in the order of the columns, without the row's number. */
  async row(row: number): Promise<string[]> {
    const cells = this.grid.locator(`[role="row"][row-index="${row}"] [role="gridcell"]`)
    await expect(cells.first()).toBeVisible()
    return (await cells.allInnerTexts()).slice(1)
  }
}
