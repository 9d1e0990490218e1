// What the host and a thread of bodies say to each other.
import type { WireError } from '#contract/errors.ts'
import type { Answer, Call, EditsCall } from './calls.ts'
import type { DocumentOptions } from './document/document.ts'

export type ToThread =
  | { readonly type: 'open'; readonly id: number; readonly options: DocumentOptions }
  | { readonly type: 'grow'; readonly id: number; readonly bytes: number; readonly isComplete: boolean }
  | { readonly type: 'close'; readonly id: number }
  | { readonly type: 'run'; readonly job: number; readonly id: number; readonly call: Call }
  | { readonly type: 'edits'; readonly job: number; readonly call: EditsCall }
  | { readonly type: 'cancel'; readonly job: number }

export type FromThread =
  { readonly job: number; readonly answer: Answer } | { readonly job: number; readonly error: WireError }
