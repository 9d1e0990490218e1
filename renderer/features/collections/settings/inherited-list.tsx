// What a folder gets from those above it: headers and variables, each with where it is from; what is overridden is struck.
import type { ReactNode } from 'react'
import type { Pair } from '#contract/requests/parts.ts'
import { classNames } from '../../../components/class-names.ts'
import type { Inherited } from '../../requests/index.ts'

export interface InheritedListProps {
  readonly noun: string
  readonly inherited: Inherited
  readonly of: (
    defaults: Inherited[number]['defaults'],
  ) => readonly (Pair & { readonly isSecret?: boolean })[]
  /** Names that the folder itself has. */
  readonly own: readonly string[]
}

/** The nearest first. Nothing where nothing is inherited. */
export function InheritedList({ noun, inherited, of, own }: InheritedListProps): ReactNode {
  const seen = new Set(own.map((name) => name.toLowerCase()))
  const rows = inherited.toReversed().flatMap((level) =>
    of(level.defaults)
      .filter((one) => one.isEnabled)
      .map((one) => {
        const isOverridden = seen.has(one.name.toLowerCase())
        seen.add(one.name.toLowerCase())
        return { ...one, from: level.name, isOverridden }
      }),
  )
  if (rows.length === 0) return null
  return (
    <section aria-label={`Inherited ${noun}`}>
      <h3 className="flex h-26 items-center border-b border-line-1 px-12 text-small font-normal text-3">
        {`Inherited ${noun}`}
      </h3>
      <ul>
        {rows.map((row, at) => (
          <li key={at} className="flex h-28 items-center gap-8 border-b border-line-1 pr-12 pl-36 text-small">
            <span
              className={classNames(
                'w-[28%] min-w-90 flex-none truncate font-mono text-data',
                row.isOverridden && 'text-3 line-through',
              )}
            >
              {row.name}
            </span>
            <span className="min-w-0 flex-1 truncate font-mono text-data text-2">
              {row.isSecret === true ? 'secret' : row.value}
            </span>
            <span className="flex-none text-3">{row.from}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
