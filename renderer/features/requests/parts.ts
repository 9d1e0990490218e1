// What other features put into the tester. The composition root hands them over, so that features need not import each other both ways.
import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { Exchange } from '#contract/requests/exchange.ts'

/** A tab that is no request: a run, an endpoint of an API, an environment. */
export interface TesterView {
  readonly icon: LucideIcon
  readonly Content: ComponentType<{ readonly tabId: string; readonly params: string }>
}

/** Something that a person asks for in the tree or by a command and that another feature does, in a dialog of its own. */
export type TesterAsk =
  | {
      readonly kind:
        | 'newCollection'
        | 'openFolder'
        | 'import'
        | 'export'
        | 'cookies'
        | 'environments'
        | 'settings'
        | 'generate'
        | 'drift'
        | 'mocks'
        | 'teamCollections'
      readonly collectionId: CollectionId | null
      /** The folder or request that it is about; empty for the collection. */
      readonly path: string
      /** What is shown first in it: the name of an environment. */
      readonly focus?: string
      /** A variable that is to be added to it. */
      readonly variable?: string
    }
  /** Which variables a request sees; `name` is the one to look at, empty for all. */
  | {
      readonly kind: 'variables'
      readonly collectionId: CollectionId | null
      readonly path: string
      readonly name: string
    }
  /** Shows the request of a tab in the form of its endpoint. */
  | { readonly kind: 'form'; readonly tabId: string }
  /** A collection of requests for these tables of a project; functions have `rpc/` before their names. */
  | { readonly kind: 'generateFor'; readonly projectId: string; readonly tables: readonly string[] }
  | { readonly kind: 'run'; readonly collectionId: CollectionId; readonly path: string }

export interface TesterParts {
  /** By kind, as `openView` names it. */
  readonly views: Readonly<Record<string, TesterView>>
  /** Below the tree of collections: "Generated from schema". */
  readonly SidebarSection?: ComponentType
  /** In the row of a collection, before its count: what a person should know of it. */
  readonly CollectionMark?: ComponentType<{ readonly collectionId: CollectionId }>
  /** Beside the request: which environment counts. */
  readonly EnvironmentPicker?: ComponentType<{ readonly collectionId: CollectionId | null }>
  /** In the inspector: what the database did. Shown where an exchange has an insight ticket, or was meant to be a project's user's. */
  readonly Insight?: ComponentType<{ readonly exchange: Exchange }>
  /** Above the body of a response: why the request failed, in a line. */
  readonly Why?: ComponentType<{ readonly exchange: Exchange }>
  /** Each is mounted once in the area and shows the dialogs that it knows when they are asked for (`useTesterAsk`). */
  readonly dialogs?: readonly ComponentType[]
}
