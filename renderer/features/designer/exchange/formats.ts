// What a design can be exported as.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { writeModel } from '#postgres/common/ddl/write-model.ts'
import { dbmlText } from '#postgres/common/exchange/dbml/write-dbml.ts'
import { writeDiagram } from '#postgres/common/exchange/diagram/write-diagram.ts'
import { mermaidText } from '#postgres/common/exchange/mermaid/mermaid.ts'
import { diagramSvg } from '#postgres/common/exchange/svg/svg.ts'
import type { SvgTheme } from '#postgres/common/exchange/svg/themes.ts'

export const FORMATS = [
  {
    id: 'sql',
    label: 'SQL',
    detail: 'A script that makes the schema',
    extension: 'sql',
    mediaType: 'application/sql',
  },
  {
    id: 'dbml',
    label: 'DBML',
    detail: 'Tables, keys, enums, notes',
    extension: 'dbml',
    mediaType: 'text/plain',
  },
  {
    id: 'mermaid',
    label: 'Mermaid',
    detail: 'An erDiagram for Markdown',
    extension: 'mmd',
    mediaType: 'text/plain',
  },
  {
    id: 'diagram',
    label: 'Diagram file',
    detail: 'Positions too, for git',
    extension: 'diagram',
    mediaType: 'text/plain',
  },
  { id: 'svg', label: 'SVG', detail: 'A drawing', extension: 'svg', mediaType: 'image/svg+xml' },
  { id: 'png', label: 'PNG', detail: 'A picture', extension: 'png', mediaType: 'image/png' },
] as const
export type Format = (typeof FORMATS)[number]
export type FormatId = Format['id']

/** The text of an export; of a PNG the drawing that it is made from. */
export function exportText(
  format: FormatId,
  model: SchemaModel,
  { diagram, theme }: { readonly diagram: Diagram; readonly theme: SvgTheme },
): string {
  switch (format) {
    case 'sql':
      return writeModel(model)
        .map(({ sql }) => `${sql};\n`)
        .join('\n')
    case 'dbml':
      return dbmlText(model)
    case 'mermaid':
      return mermaidText(model)
    case 'diagram':
      return writeDiagram(model, diagram)
    case 'svg':
    case 'png':
      return diagramSvg(model, diagram, theme)
  }
}

/** `Ärger & Co` as arger-co: a name that every file system takes. */
export function fileName(title: string, extension: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${plain === '' ? 'schema' : plain}.${extension}`
}
