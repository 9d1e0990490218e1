// Looks at a screen in both themes: axe finds nothing on it, and with NEBULADB_SCREENS set its picture goes to docs/screens.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

const folder = fileURLToPath(new URL('../docs/screens/', import.meta.url))
/** What a theme can break; the rest is the same in both, and looked for once. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block']
const takesPictures = process.env['NEBULADB_SCREENS'] !== undefined
if (takesPictures) mkdirSync(folder, { recursive: true })

/** Looks at the screen as it is, in both themes. */
export async function look(page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await test.step(`${name}, ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      // Shown things come in with 80 to 200 ms of motion: what is looked at has come to rest.
      await page.evaluate(() =>
        Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
      )
      // Within the page, and nodes of violations only: a page more per look and lists of all that passes cost five times the time of the rules.
      const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
      const { violations } = await (theme === 'dark' ? axe : axe.withRules(RULES_OF_COLOUR)).analyze()
      expect
        .soft(
          violations.map(
            ({ id, nodes }) =>
              `${name}, ${theme}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
          ),
        )
        .toEqual([])
      if (takesPictures) await page.screenshot({ path: `${folder}${name}-${theme}.png` })
    })
  }
}
