// The inspector of a domain: the type it narrows, its default, conditions.
import { SquareCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { DomainType } from '#contract/schema/types.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { addDomainCheck, changeDomain, changeDomainCheck } from '#postgres/common/catalog/edit/types.ts'
import { Checkbox } from '../../../components/toggles.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { Fields, Nothing, PanelActions, Section } from './section.tsx'
import { TypeField } from './type-field.tsx'
import { UsedBy } from './used-by.tsx'

/** A domain as a whole. */
export function DomainPanel({ domain }: { readonly domain: DomainType }): ReactNode {
  const { context, stage } = useEditing()
  const { notifications } = useShell()
  const [isAdding, setIsAdding] = useState(false)
  const domainId = domain.id
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={domain.name}
          onCommit={(name) => stage(renameObject(context(), { objectId: domainId, name }))}
        />
        <TypeField
          type={domain.type}
          onCommit={(type) => stage(changeDomain(context(), { domainId, change: { type } }))}
        />
        <Checkbox
          label="Not null"
          isSelected={!domain.isNullable}
          onChange={(isNotNull) => {
            const problem = stage(changeDomain(context(), { domainId, change: { isNullable: !isNotNull } }))
            if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
          }}
        />
        <CommitField
          label="Default"
          isMono
          value={domain.default ?? ''}
          placeholder="none"
          onCommit={(text) => stage(changeDomain(context(), { domainId, change: { default: text } }))}
        />
        <CommitField
          label="Comment"
          rows={2}
          value={domain.comment ?? ''}
          onCommit={(comment) => stage(setComment(context(), { objectId: domainId, comment }))}
        />
      </Fields>
      <Section
        title="Checks"
        count={domain.constraints.length}
        addLabel="Add check"
        onAdd={() => setIsAdding(true)}
      >
        {domain.constraints.length === 0 && !isAdding ? <Nothing>Every value is allowed.</Nothing> : null}
        <ul className="flex flex-col gap-3">
          {domain.constraints.map((check) => (
            <li key={check.id} className="-mx-4 flex items-start gap-2">
              <SquareCheck
                aria-hidden="true"
                size={14}
                strokeWidth={1.75}
                className="mt-7 ml-4 flex-none text-3"
              />
              <div className="min-w-0 flex-1">
                <CommitField
                  label={`Condition of ${check.name}`}
                  isLabelHidden
                  isMono
                  value={check.expression}
                  onCommit={(expression) =>
                    stage(changeDomainCheck(context(), { domainId, constraintId: check.id, expression }))
                  }
                />
              </div>
              <DropButton
                isSmall
                label="Drop check"
                name={check.name}
                objectIds={[domainId]}
                partId={check.id}
              />
            </li>
          ))}
        </ul>
        {isAdding ? (
          <CommitField
            label="New condition"
            isMono
            autoFocus
            value=""
            placeholder="VALUE > 0"
            onCommit={(expression) => {
              const problem = stage(addDomainCheck(context(), { domainId, expression }))
              if (problem === null) setIsAdding(false)
              return problem
            }}
            onDone={() => setIsAdding(false)}
          />
        ) : null}
      </Section>
      <UsedBy id={domainId} />
      <PanelActions>
        <DropButton label="Drop domain" name={domain.name} objectIds={[domainId]} />
      </PanelActions>
    </>
  )
}
