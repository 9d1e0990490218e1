// What a person types to start a mock server, and what the host is given. Pure.
import { z } from 'zod'
import type { MockSource } from '#contract/capabilities/mocks.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { ADDRESS, addressProblem } from '../explorer/index.ts'

export interface MockForm {
  readonly from: 'examples' | 'rows'
  readonly collectionId: string
  /** Id of a project, or ADDRESS. */
  readonly api: string
  readonly url: string
  readonly token: string
  readonly as: 'anon' | 'authenticated' | 'service_role'
  readonly rowsPerTable: string
  /** Empty for a free one. */
  readonly port: string
  readonly delayMs: string
}

/** Nothing chosen yet. */
export const EMPTY_FORM: MockForm = {
  from: 'examples',
  collectionId: '',
  api: '',
  url: '',
  token: '',
  as: 'authenticated',
  rowsPerTable: '100',
  port: '',
  delayMs: '0',
}

function whole(least: number, most: number) {
  return z
    .string()
    .refine(
      (text) => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most,
      `Give a whole number from ${least} to ${most}.`,
    )
}

const Common = { port: z.union([z.literal(''), whole(1024, 65_535)]), delayMs: whole(0, 60_000) }
const RowsForm = z.object({ ...Common, rowsPerTable: whole(1, 10_000) })

/** The rules of what is shown: fields of another choice do not count. */
export function mockRules(form: MockForm): z.ZodType {
  if (form.from === 'examples')
    return z.object({ ...Common, collectionId: z.string().min(1, 'Choose a collection.') })
  return form.api === ADDRESS
    ? RowsForm.extend({
        url: z.string().superRefine((text, context) => {
          const problem = addressProblem(text)
          if (problem !== undefined) context.addIssue(problem)
        }),
      })
    : RowsForm
}

/** What the host is given. A form that breaks its rules throws. */
export function startOf(form: MockForm): {
  readonly source: MockSource
  readonly port: number | null
  readonly delayMs: number
} {
  return {
    source: sourceOf(form),
    port: form.port === '' ? null : Number(form.port),
    delayMs: Number(form.delayMs),
  }
}

function sourceOf(form: MockForm): MockSource {
  if (form.from === 'examples')
    return { type: 'examples', collectionId: CollectionId.parse(form.collectionId) }
  const rowsPerTable = Number(form.rowsPerTable)
  if (form.api === ADDRESS)
    return {
      type: 'rows',
      source: { type: 'url', url: form.url.trim(), token: form.token.trim() },
      auth: null,
      rowsPerTable,
    }
  const projectId = ProjectId.parse(form.api)
  return {
    type: 'rows',
    source: { type: 'project', projectId },
    auth: { type: 'project', projectId, as: form.as, claims: '' },
    rowsPerTable,
  }
}
