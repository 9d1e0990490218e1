// Theme and density on the page's root element; the person's choice, or the system's.
import type { Settings } from '#contract/capabilities/settings.ts'

const DARK = '(prefers-color-scheme: dark)'

/** Follows the system until the settings are read. */
export function applySystemTheme(page: Document): void {
  page.documentElement.dataset['theme'] = isSystemDark(page) ? 'dark' : 'light'
}

/** Applies the settings and keeps following the system where they say so. Returns how to stop. */
export function applyAppearance(page: Document, settings: Settings): () => void {
  const root = page.documentElement
  const apply = (): void => {
    root.dataset['theme'] =
      settings.theme === 'system' ? (isSystemDark(page) ? 'dark' : 'light') : settings.theme
  }
  apply()
  root.dataset['density'] = settings.density
  root.style.setProperty('--editor-font-size', `${settings.editorFontSize}px`)
  const query = page.defaultView?.matchMedia(DARK)
  query?.addEventListener('change', apply)
  return () => query?.removeEventListener('change', apply)
}

function isSystemDark(page: Document): boolean {
  return page.defaultView?.matchMedia(DARK).matches ?? true
}
