// The API pages of every project in "Go to anything".
import { useMemo } from 'react'
import type { PaletteSource } from '../../shell/palette-source.ts'
import { usePaletteSource, useShell } from '../../shell/shell.tsx'
import { useProjects } from '../projects/index.ts'
import { API_PAGES } from './pages.ts'

/** Renders nothing; mount it once. */
export function ApiPaletteSource({ hasAccount }: { readonly hasAccount: boolean }): null {
  const { navigation } = useShell()
  const list = useProjects(hasAccount).data
  const source = useMemo<PaletteSource>(() => {
    const items = (list?.items ?? [])
      .filter(({ status }) => status !== 'deleted')
      .flatMap((project) =>
        API_PAGES.map((page) => ({
          id: `api:${project.id}:${page.id}`,
          title: `API ${page.label.toLowerCase()}`,
          detail: project.name,
          kind: 'API',
          icon: page.icon,
          keywords: ['rest', project.name],
          run: () => navigation.go({ area: 'api', page: page.id, id: project.id }),
        })),
      )
    return { id: 'api', title: 'API', prefix: 'none', items: () => items }
  }, [list, navigation])
  usePaletteSource(source)
  return null
}
