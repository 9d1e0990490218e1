// The policies that held the request, and how many rows each let through of all there are.
import { Check, CircleSlash, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PolicyEffect } from '#contract/capabilities/insight.ts'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { colourCode } from '../../components/code-block.tsx'
import { formatCount } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { Section } from './section.tsx'
import { useLast, usePolicies, type Watched } from './use-insight.ts'

/** The part. */
export function PoliciesPart({ watched }: { readonly watched: Watched }): ReactNode {
  const reading = usePolicies(watched, true)
  const effects = useLast(reading.data)
  const checked = effects?.filter(({ policy }) => policy !== null).length ?? 0
  const problem = reading.data === undefined ? describeError(reading.error) : undefined
  return (
    <Section title="Policies" end={effects === undefined ? undefined : `${checked} checked`}>
      {problem !== undefined ? (
        <div className="flex flex-col items-start gap-8 text-small">
          <p className="text-2">
            {problem.message} {problem.hint}
          </p>
          <Button size="compact" isBusy={reading.isFetching} onPress={() => void reading.refetch()}>
            Try again
          </Button>
        </div>
      ) : effects === undefined ? (
        <SkeletonRows count={2} label="Counting what the policies let through" />
      ) : effects.length === 0 ? (
        <p className="text-small text-2">The request named no table.</p>
      ) : (
        <ul aria-busy={reading.data === undefined} className="flex flex-col gap-10">
          {effects.map((effect, index) => (
            <Effect key={index} effect={effect} isOfMany={new Set(effects.map(nameOf)).size > 1} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function nameOf({ schema, table }: PolicyEffect): string {
  return schema === 'public' ? table : `${schema}.${table}`
}

function Effect({
  effect,
  isOfMany,
}: {
  readonly effect: PolicyEffect
  readonly isOfMany: boolean
}): ReactNode {
  const { policy, note, kept, total, isPermissive, command } = effect
  const expression = (command === 'insert' ? (effect.check ?? effect.using) : effect.using) ?? null
  const isFilter = policy !== null || kept !== null
  const lets = kept !== null && kept > 0
  const Icon = !isFilter ? Minus : kept === null ? Minus : lets || total === 0 ? Check : CircleSlash
  return (
    <li className="flex gap-8 text-small">
      <Icon
        aria-hidden="true"
        size={14}
        strokeWidth={1.75}
        className={classNames(
          'mt-1 flex-none',
          Icon === Check ? 'text-success' : Icon === CircleSlash ? 'text-danger' : 'text-2',
        )}
      />
      <div className="min-w-0 flex-1">
        <p className="flex gap-8">
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <span className={policy === null && isOfMany ? 'text-2' : undefined}>{nameOf(effect)}: </span>
            {policy ?? note}
            {isPermissive ? '' : ' (restrictive)'}
            {command === 'select' ? '' : ` (${command})`}
          </span>
          <span className="flex-none text-2">{keptOf(effect)}</span>
        </p>
        {expression === null ? null : (
          <code className="mt-2 block font-mono text-data [overflow-wrap:anywhere] text-1 select-text">
            {colourCode(expression, 'sql').map((piece, index) => (
              <span key={index} className={piece.className}>
                {piece.text}
              </span>
            ))}
          </code>
        )}
      </div>
    </li>
  )
}

function keptOf({ policy, kept, total }: PolicyEffect): string {
  if (kept !== null && total !== null) return `kept ${formatCount(kept)} of ${formatCount(total)}`
  return policy === null ? 'no filter' : 'not counted'
}
