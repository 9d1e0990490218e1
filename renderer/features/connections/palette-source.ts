// Projects and connections in "Go to anything".
import { Database, Plug } from 'lucide-react'
import { useMemo } from 'react'
import { environmentWord } from '../../components/badge.tsx'
import type { PaletteSource } from '../../shell/palette-source.ts'
import { usePaletteSource, useShell } from '../../shell/shell.tsx'
import { useConnections } from './use-connections.ts'

/** Renders nothing; mount it once. */
export function ConnectionPaletteSource(): null {
  const shell = useShell()
  const list = useConnections().data
  const source = useMemo<PaletteSource>(() => {
    const items = (list ?? []).map((connection) => {
      const isProject = connection.kind === 'project'
      return {
        id: `connection:${connection.id}`,
        title: connection.name,
        detail: `${environmentWord(connection.environment)}, ${connection.host}:${connection.port}`,
        kind: isProject ? 'Project' : 'Connection',
        icon: isProject ? Database : Plug,
        keywords: [connection.host, connection.database],
        run: ({ inNewTab }: { readonly inNewTab: boolean }) => {
          const switchTo = shell.scope.get()?.switchTo
          if (!inNewTab && switchTo !== undefined) switchTo(connection.id)
          else if (isProject && !inNewTab)
            shell.navigation.go({ area: 'home', page: 'project', id: connection.id })
          else shell.openSql({ connectionId: connection.id })
        },
      }
    })
    return { id: 'connections', title: 'Projects and connections', prefix: '!', items: () => items }
  }, [list, shell])
  usePaletteSource(source)
  return null
}
