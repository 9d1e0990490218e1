// Monaco's themes, read from the page's CSS tokens at run time so that no colour is typed twice.
import { editor } from './monaco.ts'

/** Reads a token's colour: `--s1` as #rrggbb. */
type ReadToken = (name: string) => string

/** Sets the theme that the page has now and follows it. Returns how to stop. */
export function followPageTheme(page: Document): () => void {
  applyTheme(page)
  const observer = new MutationObserver(() => applyTheme(page))
  observer.observe(page.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const contrast = page.defaultView?.matchMedia('(prefers-contrast: more)')
  const onContrast = (): void => applyTheme(page)
  contrast?.addEventListener('change', onContrast)
  return () => {
    observer.disconnect()
    contrast?.removeEventListener('change', onContrast)
  }
}

function applyTheme(page: Document): void {
  const isLight = page.documentElement.dataset['theme'] === 'light'
  const name = isLight ? 'nebula-light' : 'nebula-dark'
  const style = getComputedStyle(page.documentElement)
  editor.defineTheme(
    name,
    themeFrom((token) => longHex(style.getPropertyValue(token).trim()), isLight),
  )
  editor.setTheme(name)
}

/** `#fff`, as a minifier writes it, in the six digits that Monaco asks for. */
export function longHex(colour: string): string {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(colour)
  return short === null
    ? colour
    : `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
}

/** The theme of the design system (design: "Monaco theme") in the colours that `read` gives. */
export function themeFrom(read: ReadToken, isLight: boolean): editor.IStandaloneThemeData {
  const rule = (token: string, name: string): editor.ITokenThemeRule => ({
    token,
    foreground: read(name).replace('#', ''),
    fontStyle: '',
  })
  const overlay = { background: read('--s3'), border: read('--line-2') }
  return {
    base: isLight ? 'vs' : 'vs-dark',
    inherit: true,
    rules: [
      { token: '', foreground: read('--text-1').replace('#', ''), background: read('--s1').replace('#', '') },
      rule('keyword', '--syn-keyword'),
      rule('string', '--syn-string'),
      rule('string.delimiter', '--syn-operator'),
      rule('number', '--syn-number'),
      rule('predefined', '--syn-function'),
      rule('identifier.function', '--syn-function'),
      rule('type', '--syn-type'),
      rule('comment', '--syn-comment'),
      rule('variable.parameter', '--syn-param'),
      rule('operator', '--syn-operator'),
      rule('delimiter', '--syn-operator'),
      rule('identifier', '--text-1'),
    ],
    colors: {
      'editor.background': read('--s1'),
      'editor.foreground': read('--text-1'),
      'editorLineNumber.foreground': read('--text-3'),
      'editorLineNumber.activeForeground': read('--text-1'),
      'editor.lineHighlightBackground': read('--hover'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': read('--accent-soft'),
      'editor.inactiveSelectionBackground': `${read('--accent-soft')}99`,
      'editor.selectionHighlightBackground': `${read('--accent-soft')}99`,
      'editor.wordHighlightBackground': read('--active'),
      'editor.wordHighlightStrongBackground': read('--active'),
      'editor.findMatchBackground': read('--warning-soft'),
      'editor.findMatchBorder': read('--warning'),
      'editor.findMatchHighlightBackground': read('--warning-soft'),
      'editorCursor.foreground': read('--accent-text'),
      'editorIndentGuide.background1': read('--line-1'),
      'editorIndentGuide.activeBackground1': read('--line-2'),
      'editorWidget.background': overlay.background,
      'editorWidget.border': overlay.border,
      'editorWidget.foreground': read('--text-1'),
      'editorSuggestWidget.background': overlay.background,
      'editorSuggestWidget.border': overlay.border,
      'editorSuggestWidget.foreground': read('--text-1'),
      'editorSuggestWidget.selectedBackground': read('--active'),
      'editorSuggestWidget.selectedForeground': read('--text-1'),
      'editorSuggestWidget.highlightForeground': read('--accent-text'),
      'editorSuggestWidget.focusHighlightForeground': read('--accent-text'),
      'editorSuggestWidgetStatus.foreground': read('--text-3'),
      'editorHoverWidget.background': overlay.background,
      'editorHoverWidget.border': overlay.border,
      'editorHoverWidget.foreground': read('--text-1'),
      'editorError.foreground': read('--danger'),
      'editorWarning.foreground': read('--warning'),
      'editorInfo.foreground': read('--info'),
      'editorBracketMatch.background': '#00000000',
      'editorBracketMatch.border': read('--line-3'),
      'editorBracketHighlight.foreground1': read('--syn-operator'),
      'editorBracketHighlight.foreground2': read('--syn-operator'),
      'editorBracketHighlight.foreground3': read('--syn-operator'),
      'editorBracketHighlight.unexpectedBracket.foreground': read('--syn-operator'),
      'editorGutter.background': read('--s1'),
      'editorOverviewRuler.border': '#00000000',
      'scrollbar.shadow': '#00000000',
      'scrollbarSlider.background': `${read('--line-2')}99`,
      'scrollbarSlider.hoverBackground': read('--line-2'),
      'scrollbarSlider.activeBackground': read('--line-3'),
      'symbolIcon.fieldForeground': read('--text-3'),
      'symbolIcon.structForeground': read('--text-3'),
      'symbolIcon.interfaceForeground': read('--text-3'),
      'symbolIcon.functionForeground': read('--syn-function'),
      'symbolIcon.keywordForeground': read('--syn-keyword'),
      'symbolIcon.classForeground': read('--syn-type'),
      'symbolIcon.moduleForeground': read('--text-3'),
      'symbolIcon.variableForeground': read('--text-3'),
      'symbolIcon.enumeratorMemberForeground': read('--data-enum'),
      'input.background': read('--s2'),
      'input.border': read('--line-2'),
      'input.foreground': read('--text-1'),
      'input.placeholderForeground': read('--text-3'),
      'inputOption.activeBackground': read('--accent-soft'),
      'inputOption.activeBorder': read('--accent-text'),
      'inputOption.activeForeground': read('--text-1'),
      'list.hoverBackground': read('--hover'),
      'list.activeSelectionBackground': read('--active'),
      'list.activeSelectionForeground': read('--text-1'),
      'list.focusBackground': read('--active'),
      'list.highlightForeground': read('--accent-text'),
      'menu.background': overlay.background,
      'menu.foreground': read('--text-1'),
      'menu.border': overlay.border,
      'menu.selectionBackground': read('--active'),
      'menu.selectionForeground': read('--text-1'),
      'menu.separatorBackground': read('--line-1'),
      'keybindingLabel.background': read('--s2'),
      'keybindingLabel.foreground': read('--text-2'),
      'keybindingLabel.border': read('--line-2'),
      'keybindingLabel.bottomBorder': read('--line-2'),
      'textLink.foreground': read('--accent-text'),
      'textLink.activeForeground': read('--accent-text'),
      'widget.shadow': isLight ? '#14142824' : '#00000080',
      'widget.border': overlay.border,
      focusBorder: read('--accent-text'),
      foreground: read('--text-1'),
      'editorStickyScroll.background': read('--s1'),
      'editorMarkerNavigation.background': overlay.background,
      'editorMarkerNavigationError.background': read('--danger'),
    },
  }
}
