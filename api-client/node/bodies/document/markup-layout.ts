// XML and HTML as indented lines, as a layout.
import { createRawLayout } from './raw-index.ts'
import type { Layout } from './printer.ts'

/** The pretty view of XML or HTML that begins at `start`. */
export function createMarkupLayout(start: number, _language: 'xml' | 'html'): Layout {
  return createRawLayout(start)
}
