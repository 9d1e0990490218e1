// Small readers for trees of the parser: they leave out what is empty.
import type { DefElem } from '@pgsql/types'
import type { SyntaxNode } from '../../script/parsed-statement.ts'

export type Nodes = readonly SyntaxNode[] | undefined

/** The text of a String node. */
export function textOf(node: SyntaxNode | undefined): string | null {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : null
}

/** Names in a list of String nodes. */
export function namesOf(nodes: Nodes): string[] {
  return (nodes ?? []).flatMap((node) => textOf(node) ?? [])
}

/** The last two names of a qualified one; the schema is null where none is written. */
export function qualifiedOf(nodes: Nodes): { readonly schema: string | null; readonly name: string } {
  const names = namesOf(nodes)
  return { schema: names.at(-2) ?? null, name: names.at(-1) ?? '' }
}

/** The items of a List node, or of an array of nodes. */
export function itemsOf(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (node === undefined) return []
  if ('List' in node) return node.List.items ?? []
  return [node]
}

/** DefElem nodes with their names in lower case. */
export function optionsOf(nodes: Nodes): readonly (DefElem & { readonly defname: string })[] {
  return (nodes ?? []).flatMap((node) =>
    'DefElem' in node ? [{ ...node.DefElem, defname: (node.DefElem.defname ?? '').toLowerCase() }] : [],
  )
}

/** The value of an option as text: `70`, `true`, `public`. Null where none is given. */
export function valueOf(node: SyntaxNode | undefined): string | null {
  if (node === undefined) return null
  if ('String' in node) return node.String.sval ?? ''
  if ('Integer' in node) return String(node.Integer.ival ?? 0)
  if ('Float' in node) return node.Float.fval ?? '0'
  if ('Boolean' in node) return node.Boolean.boolval === true ? 'true' : 'false'
  if ('TypeName' in node) return namesOf(node.TypeName.names).at(-1) ?? ''
  if ('List' in node) return itemsOf(node).map(valueOf).join(', ')
  if ('A_Const' in node) return constantOf(node)
  if ('ColumnRef' in node) return namesOf(node.ColumnRef.fields).join('.')
  if ('TypeCast' in node) return valueOf(node.TypeCast.arg)
  return null
}

/** The value of a constant as text, whatever its kind; null for NULL and for what is no constant. */
export function constantOf(node: SyntaxNode | undefined): string | null {
  if (node === undefined || !('A_Const' in node)) return null
  const { ival, fval, sval, boolval, bsval } = node.A_Const
  if (node.A_Const.isnull === true) return null
  if (sval !== undefined) return sval.sval ?? ''
  if (fval !== undefined) return fval.fval ?? '0'
  if (boolval !== undefined) return boolval.boolval === true ? 'true' : 'false'
  if (bsval !== undefined) return bsval.bsval ?? ''
  return String(ival?.ival ?? 0)
}

/** Whether an option that may stand without a value is on. */
export function isOn(node: SyntaxNode | undefined): boolean {
  const value = valueOf(node)
  return value === null || !['false', 'off', '0', 'no'].includes(value.toLowerCase())
}

/** Storage options as `name=value`: `fillfactor=70`, `toast.autovacuum_enabled=false`. */
export function storageOptions(nodes: Nodes): string[] {
  return optionsOf(nodes).map(
    ({ defnamespace, defname, arg }) =>
      `${defnamespace === undefined ? '' : `${defnamespace}.`}${defname}=${valueOf(arg) ?? 'true'}`,
  )
}

/** A string constant as Postgres prints it, with standard_conforming_strings on: a backslash is a backslash. */
export function printedLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
