// Which API the explorer shows: a project of the person's, or an address. What is chosen stays for the next start; a token does not.
import type { UseQueryResult } from '@tanstack/react-query'
import { z } from 'zod'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { ApiSource, type ApiDescription } from '#contract/requests/api-description.ts'
import { useCall } from '../../host/host-provider.tsx'
import { createStore, useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'
import { useProjects } from '../projects/index.ts'
import { livingProjects } from './api-choice.ts'

const KEY = 'explorer.source'
/** By address, for as long as the page lives: a token is a secret. */
const tokens = createStore<ReadonlyMap<string, string>>(new Map())

/** The text of a source without its token. */
export function sourceText(source: ApiSource): string {
  return JSON.stringify(source.type === 'url' ? { ...source, token: '' } : source)
}

/** Null for text that is no source. */
export function readSource(text: unknown): ApiSource | null {
  if (typeof text !== 'string' || text === '') return null
  const parsed = z
    .string()
    .transform((value, context): unknown => {
      try {
        return JSON.parse(value)
      } catch {
        context.addIssue('no JSON')
        return z.NEVER
      }
    })
    .pipe(ApiSource)
    .safeParse(text)
  return parsed.data ?? null
}

/** A source with the token that was typed for its address. */
export function useWithToken(source: ApiSource | null): ApiSource | null {
  const known = useStore(tokens)
  return source?.type === 'url' ? { ...source, token: known.get(source.url) ?? '' } : source
}

export interface SourceChoice {
  /** Null when nothing was chosen and there is no only project. */
  readonly source: ApiSource | null
  readonly projects: readonly Project[]
  readonly isReading: boolean
  choose(source: ApiSource): void
}

/** The chosen source: what was chosen last, or else the first project. */
export function useSource(): SourceChoice {
  const { layout } = useShell()
  const kept = readSource(useStore(layout.values)[KEY])
  const reading = useProjects()
  const projects = livingProjects(reading.data?.items)
  const [first] = projects
  const isGone =
    kept?.type === 'project' &&
    reading.data !== undefined &&
    !projects.some(({ id }) => id === kept.projectId)
  const source =
    kept !== null && !isGone
      ? kept
      : first === undefined
        ? null
        : { type: 'project' as const, projectId: ProjectId.parse(first.id) }
  return {
    source: useWithToken(source),
    projects,
    isReading: reading.isPending,
    choose(next) {
      if (next.type === 'url') tokens.update((before) => new Map([...before, [next.url, next.token]]))
      layout.set(KEY, sourceText(next))
    },
  }
}

/** `cachedAt`: it could not be asked, and this is what it said then. */
export type Described = ApiDescription & { readonly cachedAt: string | null }

/** What the API of a source offers. */
export function useDescription(source: ApiSource | null): UseQueryResult<Described> {
  return useCall(
    [
      'explorer',
      'describe',
      source === null ? '' : sourceText(source),
      source?.type === 'url' ? source.token.length : 0,
    ],
    async (host, options) => {
      if (source === null) throw new Error('No source is chosen.')
      return host.explorer.describe({ source }, options)
    },
    { enabled: source !== null, staleTime: 30_000 },
  )
}
