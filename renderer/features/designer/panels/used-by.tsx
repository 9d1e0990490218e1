// What depends on the selected thing: views, functions, keys, policies. Each opens.
import {
  Columns3,
  Eye,
  KeyRound,
  Link2,
  ShieldCheck,
  SquareFunction,
  Table2,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { usedBy } from '#postgres/common/catalog/edit/used-by.ts'
import { useEditing } from './editing.tsx'
import { Nothing, PartRow, Section } from './section.tsx'

const ICONS: Readonly<Record<string, LucideIcon>> = {
  table: Table2,
  view: Eye,
  'materialised view': Eye,
  function: SquareFunction,
  procedure: SquareFunction,
  'foreign key': Link2,
  'primary key': KeyRound,
  unique: KeyRound,
  policy: ShieldCheck,
}

/** A section of the inspector. */
export function UsedBy({ id }: { readonly id: string }): ReactNode {
  const { model, select, session } = useEditing()
  const users = usedBy(model, id)
  return (
    <Section title="Used by" count={users.length}>
      {users.length === 0 ? (
        <Nothing>Nothing that the database knows of.</Nothing>
      ) : (
        users.map((one) => (
          <PartRow
            key={one.id}
            icon={ICONS[one.what] ?? Columns3}
            name={one.name}
            detail={one.what}
            onPress={() => {
              const reveal = session.reveal.get()
              const objectId = one.parentId ?? one.id
              const partId = one.parentId === null ? undefined : one.id
              reveal?.(objectId, partId)
              select(objectId, partId ?? null)
            }}
          />
        ))
      )}
    </Section>
  )
}
