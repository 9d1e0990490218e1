// Functions × roles: who may call them.
import { useState, type ReactNode } from 'react'
import type { ExposedFunction, Exposure, ExposureChange } from '#contract/capabilities/access.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Switch } from '../../components/toggles.tsx'
import { functionKey, isServed, ROLES } from './exposure.ts'
import { NotServed } from './not-served.tsx'
import { moveInTable } from './move-in-table.ts'

const PAGE = 100

export interface FunctionsTableProps {
  readonly exposure: Exposure
  /** Those of `exposure` that the filter lets through. */
  readonly functions: readonly ExposedFunction[]
  readonly isDisabled: boolean
  readonly onChange: (change: ExposureChange) => void
}

/** The table. */
export function FunctionsTable(props: FunctionsTableProps): ReactNode {
  const [count, setCount] = useState(PAGE)
  const hasSchemas = new Set(props.exposure.functions.map(({ schema }) => schema)).size > 1
  const head = 'h-30 border-b border-line-1 px-14 text-left font-medium whitespace-nowrap text-3'
  return (
    <>
      <div className="overflow-x-auto">
        <table aria-label="Exposed functions" className="w-full border-collapse text-small">
          <thead>
            <tr>
              <th scope="col" className={`${head} w-full`}>
                Function
              </th>
              <th scope="col" className={head}>
                Returns
              </th>
              <th scope="col" className={head}>
                Runs as
              </th>
              {ROLES.map((role) => (
                <th key={role} scope="col" className={head}>
                  {role === 'anon' ? 'Anonymous' : 'Signed in'}{' '}
                  <span className="font-mono text-micro text-3">{role}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={moveInTable}>
            {props.functions.slice(0, count).map((one) => {
              const name = hasSchemas ? `${one.schema}.${one.name}` : one.name
              return (
                <tr key={functionKey(one)} className="border-b border-line-1 last:border-b-0 hover:bg-hover">
                  <td className="h-32 max-w-0 px-14">
                    <span className="flex items-center gap-6">
                      <span
                        className="min-w-0 truncate font-mono text-data select-text"
                        title={`${name}(${one.arguments})`}
                      >
                        <span className={isServed(props.exposure, one.schema) ? 'text-1' : 'text-2'}>
                          {name}
                        </span>
                        <span className="text-3">({one.arguments})</span>
                      </span>
                      {isServed(props.exposure, one.schema) ? null : <NotServed />}
                    </span>
                  </td>
                  <td className="h-32 px-14 font-mono text-data whitespace-nowrap text-2">
                    <span className="block max-w-240 truncate" title={one.returns}>
                      {one.returns}
                    </span>
                  </td>
                  <td className="h-32 px-14 whitespace-nowrap">
                    {one.isSecurityDefiner ? (
                      <Badge tone="warning">Its owner</Badge>
                    ) : (
                      <span className="text-3">Its caller</span>
                    )}
                  </td>
                  {ROLES.map((role) => (
                    <td key={role} data-column={role} className="h-32 px-14">
                      <Switch
                        label={
                          <span className="sr-only">
                            {role} may call {name}({one.arguments})
                          </span>
                        }
                        isSelected={one.execute.includes(role)}
                        isDisabled={props.isDisabled}
                        onChange={(mayExecute) =>
                          props.onChange({
                            type: 'setFunctionGrant',
                            schema: one.schema,
                            function: one.name,
                            arguments: one.arguments,
                            role,
                            mayExecute,
                          })
                        }
                      />
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {props.functions.length > count ? (
        <div className="flex items-center gap-12 border-t border-line-1 px-14 py-8 text-small text-2">
          {count} of {props.functions.length} functions.
          <Button size="compact" onPress={() => setCount(count + PAGE)}>
            Show {Math.min(PAGE, props.functions.length - count)} more
          </Button>
        </div>
      ) : null}
    </>
  )
}
