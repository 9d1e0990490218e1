// One planted violation (or more) for every rule of .dependency-cruiser.cjs. A rule without one does not count as enforced.

export interface Seed {
  readonly rule: string
  /** File → text, planted in a copy of the tree. */
  readonly files: Readonly<Record<string, string>>
}

/** Files that seeds point at; planted only where the tree does not have them. */
export const PLACEHOLDERS = [
  'postgres/common/sql/identifier.ts',
  'postgres/node/session.ts',
  'api-client/node/send/index.ts',
  'main/query/index.ts',
  'main/query/service.ts',
  'main/app/window.ts',
  'backend/projects/index.ts',
  'backend/projects/store.ts',
  'backend/projects/service.ts',
  'backend/projects/routes.ts',
  'backend/rest/plan/read.ts',
  'backend/rest/sql/read.ts',
  'backend/rest/execute.ts',
  'renderer/features/query/index.ts',
  'renderer/features/query/ResultsGrid.tsx',
  'testing/temp-database.ts',
] as const

let count = 0
/** A file in `folder` that imports what it must not. */
const seed = (rule: string, folder: string, importing: string): Seed => ({
  rule,
  files: {
    [`${folder}/arrow-seed-${++count}.ts`]: `import * as seeded from '${importing}'\nexport const used = seeded\n`,
  },
})

export const SEEDS: readonly Seed[] = [
  seed('contract-knows-nobody', 'contract', '../postgres/common/sql/identifier.ts'),
  seed('contract-needs-zod-only', 'contract', 'pg'),
  seed('pure-has-no-node', 'contract', 'node:fs'),
  seed('pure-has-no-node', 'postgres/common', 'node:fs'),
  seed('postgres-knows-contract-only', 'postgres/node', '../../main/query/index.ts'),
  seed('pure-has-no-node', 'api-client/common', 'node:fs'),
  seed('api-client-knows-contract-only', 'api-client/node', '../../postgres/node/session.ts'),
  seed('common-does-not-reach-node', 'api-client/common', '../node/send/index.ts'),
  seed('backend-stays-in-backend', 'backend/projects', '../../api-client/node/send/index.ts'),
  seed('one-door:yaml', 'main/collections', 'yaml'),
  seed('one-door:graphql', 'main/requests', 'graphql'),
  seed('one-door:jsonpath-rfc9535', 'api-client/node', 'jsonpath-rfc9535'),
  seed('one-door:@readme/httpsnippet', 'main/requests', '@readme/httpsnippet'),
  seed('one-door:(tough-cookie|aws4|oauth4webapi|socks)', 'main/requests', 'tough-cookie'),
  seed('one-door:(quickjs-emscripten.*|chai)', 'main/requests', 'quickjs-emscripten'),
  seed('one-door:csv-parse', 'main/runs', 'csv-parse'),
  seed('renderer-stays-in-renderer', 'renderer/shell', '../../main/query/index.ts'),
  seed('renderer-stays-in-renderer', 'renderer/shell', '../../postgres/node/session.ts'),
  seed('pure-has-no-node', 'renderer/shell', 'node:path'),
  seed('main-stays-in-main', 'main/query', '../../backend/projects/index.ts'),
  seed('backend-stays-in-backend', 'backend/projects', '../../main/query/index.ts'),
  seed('preload-hands-over-a-port', 'preload', '../main/query/index.ts'),
  seed('preload-hands-over-a-port', 'preload', '../contract/capabilities/query.ts'),
  seed('common-does-not-reach-node', 'postgres/common', '../node/session.ts'),
  seed('electron-only-at-the-edge', 'main/query', 'electron'),
  {
    rule: 'electron-only-at-the-edge',
    files: {
      'renderer/shell/arrow-seed-type.ts': `import type { BrowserWindow } from 'electron'\nexport type Used = BrowserWindow\n`,
    },
  },
  seed('host-does-not-know-electron', 'main/query', '../app/window.ts'),
  seed('capability-door', 'backend/seeded', '../projects/store.ts'),
  seed('capability-door', 'main/host', '../query/service.ts'),
  seed('capability-door', 'renderer/features/seeded', '../query/ResultsGrid.tsx'),
  seed('nobody-above-imports-a-feature', 'renderer/shell', '../features/query/index.ts'),
  {
    rule: 'routes-go-through-the-service',
    files: {
      'backend/seeded-a/store.ts': 'export const store = 1\n',
      'backend/seeded-a/routes.ts': `import { store } from './store.ts'\nexport const used = store\n`,
    },
  },
  {
    rule: 'service-knows-no-http',
    files: {
      'backend/seeded-b/routes.ts': 'export const routes = 1\n',
      'backend/seeded-b/service.ts': `import { routes } from './routes.ts'\nexport const used = routes\n`,
    },
  },
  {
    rule: 'store-is-the-floor',
    files: {
      'backend/seeded-c/service.ts': 'export const service = 1\n',
      'backend/seeded-c/store.ts': `import { service } from './service.ts'\nexport const used = service\n`,
    },
  },
  seed('rest-middle-is-pure', 'backend/rest/plan', '../../../postgres/node/session.ts'),
  seed('rest-middle-is-pure', 'backend/rest/plan', '../execute.ts'),
  seed('rest-flows-forward', 'backend/rest/parse', '../plan/read.ts'),
  seed('rest-flows-forward', 'backend/rest/plan', '../sql/read.ts'),
  seed('shipped-code-imports-no-tests', 'backend/projects', '../../testing/temp-database.ts'),
  seed('root-uses-doors', 'backend', './projects/store.ts'),
  seed('root-uses-doors', 'renderer', './features/query/ResultsGrid.tsx'),
  {
    rule: 'no-cycles',
    files: {
      'postgres/common/sql/arrow-seed-x.ts': `import { b } from './arrow-seed-y.ts'\nexport const a = () => b\n`,
      'postgres/common/sql/arrow-seed-y.ts': `import { a } from './arrow-seed-x.ts'\nexport const b = () => a\n`,
    },
  },
  seed('no-unresolved', 'main/query', './nowhere.ts'),
  seed('one-door:pg', 'main/query', 'pg'),
  seed('one-door:pg-(cursor|protocol)', 'main/query', 'pg-cursor'),
  seed('one-door:better-sqlite3', 'main/query', 'better-sqlite3'),
  seed('one-door:ag-grid-(react|community)', 'renderer/features/query', 'ag-grid-react'),
  seed('one-door:monaco-editor', 'renderer/features/query', 'monaco-editor'),
  seed('one-door:react-aria-components', 'renderer/shell', 'react-aria-components'),
  seed('one-door:fastify', 'backend/projects', 'fastify'),
  seed('one-door:graphile-worker', 'backend/projects', 'graphile-worker'),
  seed('one-door:nodemailer', 'backend/projects', 'nodemailer'),
  seed('one-door:jose', 'backend/projects', 'jose'),
  seed('one-door:@node-rs/argon2', 'backend/projects', '@node-rs/argon2'),
  seed('one-door:prom-client', 'backend/projects', 'prom-client'),
  seed('one-door:@redis/client', 'backend/projects', '@redis/client'),
  seed('one-door:libpg-query', 'main/schema', 'libpg-query'),
  seed('one-door:@pgsql/types', 'main/schema', '@pgsql/types'),
  seed('one-door:@dbml/core', 'main/schema', '@dbml/core'),
  seed('one-door:@xyflow/react', 'renderer/features/query', '@xyflow/react'),
  seed('one-door:elkjs', 'renderer/features/query', 'elkjs'),
  seed('one-door:pdfjs-dist', 'renderer/features/query', 'pdfjs-dist'),
  seed('one-door:ws', 'backend/projects', 'ws'),
  seed('one-door:stripe', 'backend/billing', 'stripe'),
  seed('one-door:pdfkit', 'backend/billing', 'pdfkit'),
]
