// What the person works on right now: it colours the environment line, names the title bar's switcher and is the first segment of the status bar.
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Environment } from '#contract/capabilities/projects.ts'

export interface Scope {
  readonly kind: 'project' | 'connection'
  /** The connection's id; a project's connection has the project's id. */
  readonly id: ConnectionId
  readonly name: string
  readonly environment: Environment
  /** Hatches the environment line: what is shown is a kept copy. */
  readonly isSnapshot: boolean
  readonly isReadOnly: boolean
  /** Given when the area can change to another connection in place (the tab's connection); else choosing one opens it. */
  readonly switchTo?: (connectionId: ConnectionId) => void
}
