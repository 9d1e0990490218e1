// A model as a Mermaid erDiagram.
import type { SchemaModel } from '#contract/schema/types.ts'
import { shortType } from '../../types/short-type.ts'
import { outlineOf, type OutlineTable } from '../outline.ts'

/** The diagram's text. Names keep what Mermaid can show: quotes, brackets and markup become look-alikes or spaces. */
export function mermaidText(model: SchemaModel): string {
  const { tables } = outlineOf(model)
  const counts = new Map<string, number>()
  for (const table of tables) counts.set(idOf(table), (counts.get(idOf(table)) ?? 0) + 1)
  const ids = new Map(
    tables.map((table, at) => [
      `${table.schema}\0${table.name}`,
      uniqueId(idOf(table), { at, isAlone: counts.get(idOf(table)) === 1 }),
    ]),
  )
  const lines = ['erDiagram']
  for (const table of tables) {
    const id = ids.get(`${table.schema}\0${table.name}`) ?? ''
    const label = table.schema === 'public' ? table.name : `${table.schema}.${table.name}`
    lines.push(`  ${id}["${shown(label)}"] {`)
    for (const column of table.columns) {
      const keys = [
        table.primaryKey.includes(column.name) ? 'PK' : '',
        table.references.some(({ columns }) => columns.includes(column.name)) ? 'FK' : '',
        table.uniques.some((one) => one.length === 1 && one[0] === column.name) ? 'UK' : '',
      ].filter((one) => one !== '')
      const comment = column.comment === null ? '' : ` "${shown(column.comment)}"`
      lines.push(
        `    ${word(shortType(column.type))} ${word(column.name)}${keys.length === 0 ? '' : ` ${keys.join(', ')}`}${comment}`,
      )
    }
    lines.push('  }')
  }
  for (const table of tables)
    for (const one of table.references) {
      const target = ids.get(`${one.schema}\0${one.table}`)
      if (target === undefined) continue
      const isOne = [table.primaryKey, ...table.uniques].some(
        (key) => key.length > 0 && key.every((name) => one.columns.includes(name)),
      )
      const isOptional = one.columns.some(
        (name) => table.columns.find((column) => column.name === name)?.isNullable === true,
      )
      const id = ids.get(`${table.schema}\0${table.name}`) ?? ''
      lines.push(
        `  ${id} ${isOne ? '|o' : '}o'}--${isOptional ? 'o|' : '||'} ${target} : "${shown(one.columns.join(', '))}"`,
      )
    }
  return `${lines.join('\n')}\n`
}

/** A word for the table. */
function idOf({ schema, name }: OutlineTable): string {
  return word(schema === 'public' ? name : `${schema}_${name}`).replaceAll(/[^\w]/g, '_')
}

/** A word that no other table has. */
function uniqueId(id: string, { at, isAlone }: { readonly at: number; readonly isAlone: boolean }): string {
  const isWord = /^[a-z]/i.test(id)
  return isAlone && isWord ? id : `${isWord ? id : `t_${id}`}_${at + 1}`
}

/** One word that its grammar takes for types and columns. */
function word(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N}_[\]()-]/gu, '_')
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`
}

/** A text between double quotes, which have no escape there. */
function shown(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('"', '″')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('%', '٪')
    .replaceAll('#', '＃')
    .replaceAll(';', ',')
    .replaceAll('\\', '/')
}
