// Left end of the title bar: what is open now, with its environment; pressing it offers the others.
import { ChevronsUpDown, Database, Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { EnvironmentBadge } from '../../components/badge.tsx'
import { useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'

/** The switcher; `fallback` names the page when nothing particular is open. */
export function ScopeSwitcher({ fallback }: { readonly fallback: string }): ReactNode {
  const shell = useShell()
  const scope = useStore(shell.scope)
  const Icon = scope?.kind === 'connection' ? Plug : Database
  return (
    <>
      <button
        type="button"
        aria-label={
          scope === null
            ? `${fallback}. Switch project or connection`
            : `${scope.name}. Switch project or connection`
        }
        onClick={() => void shell.commands.run('palette.databases')}
        className="flex h-26 min-w-0 items-center gap-6 rounded-control px-6 text-body font-medium hover:bg-hover"
      >
        {scope === null ? null : <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />}
        <span className="max-w-240 truncate">{scope?.name ?? fallback}</span>
        <ChevronsUpDown aria-hidden="true" size={12} strokeWidth={1.75} className="text-3" />
      </button>
      {scope === null ? null : <EnvironmentBadge environment={scope.environment} />}
    </>
  )
}
