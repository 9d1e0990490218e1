// Opens the tab of a run when the tester is asked for one, and from the palette.
import { ListChecks } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { useCommands } from '../../shell/shell.tsx'
import { useCollections, useRequestWorkbench, useTesterAsk } from '../requests/index.ts'
import { changeRunState } from './run-state.ts'

/** As `openView` names it. */
export const RUN_VIEW = 'run'

/** For `TesterParts.dialogs`. Shows nothing of its own. */
export function RunDialogs(): null {
  const [ask, setAsk] = useTesterAsk()
  const workbench = useRequestWorkbench()
  const { collections } = useCollections()
  const open = (id: CollectionId, path: string | null): void => {
    const name = collections.find((one) => one.id === id)?.name ?? 'collection'
    if (path !== null) changeRunState(workbench, id, () => ({ asked: path }))
    workbench.openView(RUN_VIEW, id, `Run ${name}`)
  }
  const answer = useEffectEvent((id: CollectionId, path: string) => {
    setAsk(null)
    open(id, path)
  })
  useEffect(() => {
    if (ask?.kind === 'run') answer(ask.collectionId, ask.path)
  }, [ask])
  useCommands(
    collections.map(({ id, name }) => ({
      id: `runs.open.${id}`,
      title: `Run ${name}`,
      group: 'API',
      icon: ListChecks,
      run: () => open(id, null),
    })),
  )
  return null
}
