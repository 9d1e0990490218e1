// Which environment counts for a request: beside its parts.
import { Braces, ChevronDown, Cookie, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { EnvironmentDot } from './colours.tsx'
import { useEnvironmentChoice } from './use-environment-choice.ts'

export interface EnvironmentPickerProps {
  readonly collectionId: CollectionId | null
}

/** A request of no collection has the globals only. */
export function EnvironmentPicker({ collectionId }: EnvironmentPickerProps): ReactNode {
  const choice = useEnvironmentChoice(collectionId)
  const { environments, active, shown, isMissing } = choice
  const isInCollection = collectionId !== null
  const chooses: readonly MenuEntry[] = [
    ...environments.map((one): MenuEntry => ({
      id: `use ${one.name}`,
      label: one.name,
      mark: <EnvironmentDot colour={one.color} />,
      isCurrent: one.name === active,
      ...(one.extends === null ? {} : { detail: `extends ${one.extends}` }),
      onAction: () => choice.choose(one.name),
    })),
    {
      id: 'none',
      label: 'No environment',
      mark: <EnvironmentDot colour="" />,
      isCurrent: active === null,
      onAction: () => choice.choose(null),
    },
  ]
  const entries: readonly MenuEntry[] = [
    ...(isInCollection ? chooses : []),
    {
      id: 'variables',
      label: 'Variables that count here',
      icon: Braces,
      startsGroup: isInCollection,
      onAction: choice.showVariables,
    },
    {
      id: 'edit',
      label: isInCollection ? 'Edit environments' : 'Edit globals',
      icon: Settings2,
      onAction: choice.edit,
    },
    { id: 'cookies', label: 'Cookies', icon: Cookie, onAction: choice.showCookies },
  ]
  const word = isInCollection ? (active ?? 'No environment') : 'Globals only'
  const label = !isInCollection
    ? 'Globals only: the request is in no collection'
    : active === null
      ? 'No environment'
      : `Environment ${active}${isMissing ? ', not there' : ''}`
  return (
    <MenuButton label="Environment" entries={entries} placement="bottom end">
      <Button variant="ghost" size="compact" label={label}>
        <EnvironmentDot colour={shown?.color ?? ''} />
        <span
          className={classNames(
            // Beside ten tabs there is no room to say that there is none: the dot is empty, and the status bar says it.
            active === null ? '@max-[840px]:hidden' : '@max-[840px]:max-w-80',
            'max-w-160 truncate',
            isMissing && 'text-danger line-through',
          )}
        >
          {word}
        </span>
        <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      </Button>
    </MenuButton>
  )
}
