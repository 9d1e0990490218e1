// Connections: saved ways to reach a Postgres.
export { ConnectCard } from './connect-card.tsx'
export { ConnectionDialog } from './connection-dialog.tsx'
export { ConnectionPaletteSource } from './palette-source.ts'
export { ConnectionsArea } from './connections-area.tsx'
export { MaskedSnippet } from './masked-snippet.tsx'
export { toConnectionId, useConnections } from './use-connections.ts'
export { ScopeSwitcher } from './switcher.tsx'
export { useCopyConnection } from './copy-connection.tsx'
