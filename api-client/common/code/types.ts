// What code is generated from, and how.
import type { z } from 'zod'
import type { CodeTarget as CodeTargetSchema } from '#contract/capabilities/requests.ts'
import type { ResolvedRequest } from '../resolve/types.ts'

export type CodeTarget = z.infer<typeof CodeTargetSchema>

/** A resolved request, or one whose texts still hold {{names}}: those stay, or are read from the environment where the code runs. */
export interface CodeRequest extends Pick<ResolvedRequest, 'method' | 'url' | 'headers' | 'body' | 'auth'> {
  readonly settings?: Partial<ResolvedRequest['settings']>
  readonly proxy?: ResolvedRequest['proxy']
  readonly clientCertificates?: ResolvedRequest['clientCertificates']
  /** Values that must not stand in code: `{{secret}}` stands for each. Resolve secrets to their {{names}} instead where names are known. */
  readonly secrets?: ResolvedRequest['secrets']
}

export interface CodeOptions {
  /** `environment`: {{api_key}} is read from API_KEY, where the target can; `placeholders` (the default) leaves the braces. */
  readonly variables?: 'placeholders' | 'environment'
}
