// Names that the SQL gives to rows and joins. They show in Postgres' messages, so they speak of the relations behind them.

export interface Aliases {
  /** Of the rows of an embed: `clients_1`. Two embeds of one relation side by side may share it: each is a scope of its own. */
  row(relation: string, depth: number): string
  /** Of an embed joined to its parent's rows: `projects_clients_1`. Never given twice. */
  join(parent: string, embed: string, depth: number): string
  /** Of a junction: never the name of rows or a join. */
  junction(relation: string, depth: number): string
  /** Of a column that only carries a value to an outer query. Never given twice. */
  carrier(): string
}

/** Postgres cuts names after so many bytes, which could make two of them one. */
const NAME_BYTES = 63

const encoder = new TextEncoder()

/** Aliases of one request; `root` is what its top level goes by. */
export function createAliases(root: string): Aliases {
  const taken = new Set([root])
  let carriers = 0
  const claim = (base: string, suffix: string): string => {
    let alias = fit(base, suffix)
    for (let again = 2; taken.has(alias); again += 1) alias = fit(base, `${suffix}_${String(again)}`)
    taken.add(alias)
    return alias
  }
  return {
    row(relation, depth) {
      const alias = fit(relation, `_${String(depth)}`)
      return alias === root ? fit(relation, `__${String(depth)}`) : alias
    },
    join: (parent, embed, depth) => claim(`${parent}_${embed}`, `_${String(depth)}`),
    junction: (relation, depth) => claim(relation, `_${String(depth)}_via`),
    carrier() {
      carriers += 1
      return `#${String(carriers)}`
    },
  }
}

function fit(base: string, suffix: string): string {
  // A UTF-16 unit is at most three bytes.
  if ((base.length + suffix.length) * 3 <= NAME_BYTES) return base + suffix
  const room = NAME_BYTES - encoder.encode(suffix).length
  if (encoder.encode(base).length <= room) return base + suffix
  let cut = ''
  let bytes = 0
  for (const letter of base) {
    bytes += encoder.encode(letter).length
    if (bytes > room) break
    cut += letter
  }
  return cut + suffix
}
