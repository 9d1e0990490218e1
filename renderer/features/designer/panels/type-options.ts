// The types that are offered for a column: the usual ones, and the person's own enums and domains.
import type { SchemaModel } from '#contract/schema/types.ts'
import { builtInTypes } from '#postgres/common/catalog/edit/column-type.ts'
import { printedName } from '#postgres/common/catalog/edit/qualified.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { shortType } from '#postgres/common/types/short-type.ts'
import type { Option } from '../../../components/select.tsx'

/** Other words by which people look for a type. */
const ALIASES: Readonly<Record<string, string>> = {
  integer: 'int int4 number serial',
  bigint: 'int8 long bigserial',
  smallint: 'int2 short',
  text: 'string',
  boolean: 'bool',
  'timestamp with time zone': 'timestamptz datetime',
  'timestamp without time zone': 'timestamp',
  'character varying': 'varchar string',
  character: 'char',
  numeric: 'decimal money',
  'double precision': 'float8 float',
  real: 'float4 float',
  jsonb: 'json object',
  bytea: 'blob binary',
  uuid: 'guid',
}
const MAX_SHOWN = 60

/** What fits the text: names that begin with it first, then those that contain it. */
export function typeOptions(model: SchemaModel, text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase()
  const index = indexModel(model)
  const own = [...index.ofKind('enum'), ...index.ofKind('domain'), ...index.ofKind('composite')].map(
    (type) => ({
      id: printedName(type.schema, type.name),
      label: type.schema === 'public' ? type.name : `${type.schema}.${type.name}`,
      detail: type.kind === 'composite' ? 'composite type' : type.kind,
      words: type.name.toLowerCase(),
    }),
  )
  const builtIn = builtInTypes(model).map((type) => ({
    id: shortType(type),
    label: shortType(type),
    detail: shortType(type) === type ? '' : type,
    words: `${shortType(type)} ${type} ${ALIASES[type] ?? ''}`,
  }))
  const found =
    wanted === '' ? [...builtIn, ...own] : [...own, ...builtIn].filter(({ words }) => words.includes(wanted))
  const starts = ({ words }: { readonly words: string }): number =>
    words.startsWith(wanted) ? 0 : words.includes(` ${wanted}`) ? 1 : 2
  const ranked = wanted === '' ? found : found.toSorted((a, b) => starts(a) - starts(b))
  return ranked
    .slice(0, MAX_SHOWN)
    .map(({ id, label, detail }) => ({ id, label, ...(detail === '' ? {} : { detail }) }))
}
