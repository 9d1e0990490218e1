// The arrows of NebulaDB. docs/architecture.md explains each rule by its name.
const TOP = '^(contract|postgres|api-client|main|preload|renderer|backend)/'
const TEST = '[.](test|spec|bench)[.]tsx?$'
const NODE_CORE = { dependencyTypes: ['core'] }

/** One door per package: `pkg` may be imported only below `door`. */
const door = (pkg, where) => ({
  name: `one-door:${pkg}`,
  severity: 'error',
  from: { path: '.', pathNot: [where, '^node_modules', '^(e2e|testing|bench|scripts)/', TEST] },
  to: { path: `(^|/)node_modules/(@types/)?${pkg}(/|$)` },
})

const never = (name, from, to, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, ...extra },
  to,
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },

    // the processes do not know each other
    never('contract-knows-nobody', '^contract/', {
      path: '^(postgres|api-client|main|preload|renderer|backend|testing)/',
    }),
    never(
      'contract-needs-zod-only',
      '^contract/',
      { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: 'node_modules/zod/' },
      { pathNot: TEST },
    ),
    never('postgres-knows-contract-only', '^postgres/', {
      path: '^(api-client|main|preload|renderer|backend)/',
    }),
    never(
      'api-client-knows-contract-only',
      '^api-client/',
      { path: '^(postgres|main|preload|renderer|backend)/' },
      { pathNot: TEST },
    ),
    never('renderer-stays-in-renderer', '^renderer/', {
      path: '^(main|preload|backend|postgres/node|api-client/node)/',
    }),
    never('main-stays-in-main', '^main/', { path: '^(preload|renderer|backend)/' }),
    never('backend-stays-in-backend', '^backend/', { path: '^(main|preload|renderer|api-client)/' }),
    never('preload-hands-over-a-port', '^preload/', {
      path: '^(main/|renderer/|backend/|postgres/|api-client/|contract/(?!rpc/|transports/|limits))',
    }),

    // runtime environments
    never(
      'pure-has-no-node',
      '^(contract|postgres/common|api-client/common|renderer|backend/rest/(parse|plan|sql|respond))/',
      NODE_CORE,
      { pathNot: [TEST, 'vite[.]config[.]ts$'] },
    ),
    never(
      'common-does-not-reach-node',
      '^(postgres|api-client)/common/',
      { path: '^(postgres|api-client)/node/' },
      { pathNot: TEST },
    ),
    never(
      'electron-only-at-the-edge',
      '^(?!main/app/|preload/)',
      { path: '(^|/)node_modules/electron(/|$)' },
      { pathNot: ['^node_modules', '^(e2e|testing/electron)/', TEST] },
    ),
    never('host-does-not-know-electron', '^main/(?!app/|entry[.]ts)', { path: '^main/app/' }),

    // one door per capability: another folder sees only its index.ts
    {
      name: 'capability-door',
      severity: 'error',
      from: { path: '^(main|backend|renderer/features)/([^/]+)/' },
      to: {
        path: '^$1/[^/]+/',
        pathNot: ['^$1/$2/', '^$1/[^/]+/index[.]tsx?$', '^backend/(http|db)/', '^main/(host|app)/'],
      },
    },
    // composition roots use the doors too
    {
      name: 'root-uses-doors',
      severity: 'error',
      from: { path: '^((?:main|backend)|renderer)/[^/]+[.]tsx?$', pathNot: TEST },
      to: {
        path: '^(main|backend|renderer/features)/[^/]+/',
        pathNot: ['/index[.]tsx?$', '^backend/(http|db)/', '^main/(host|app)/'],
      },
    },
    {
      name: 'nobody-above-imports-a-feature',
      severity: 'error',
      from: { path: '^renderer/(components|host|state|shell)/' },
      to: { path: '^renderer/features/' },
    },

    // inside a capability: routes -> service -> store
    never('routes-go-through-the-service', '/routes[.]ts$', { path: '/store[.]ts$' }),
    never('service-knows-no-http', '^backend/[^/]+/(service|store)[.]ts$', {
      path: '(/routes[.]ts$|^backend/http/|node_modules/fastify/)',
    }),
    never('store-is-the-floor', '/store[.]ts$', { path: '/service[.]ts$' }),

    // the middle of the REST engine is pure
    {
      name: 'rest-middle-is-pure',
      severity: 'error',
      from: { path: '^backend/rest/(parse|plan|sql|respond)/', pathNot: TEST },
      to: { path: '^(postgres/node|backend/(?!rest/(parse|plan|sql|respond)/|rest/(types|errors)[.]ts))' },
    },
    {
      name: 'rest-flows-forward',
      severity: 'error',
      from: { path: '^backend/rest/parse/' },
      to: { path: '^backend/rest/(plan|sql|respond)/' },
    },
    {
      name: 'rest-flows-forward',
      severity: 'error',
      from: { path: '^backend/rest/plan/' },
      to: { path: '^backend/rest/(sql|respond)/' },
    },

    // tests
    never(
      'shipped-code-imports-no-tests',
      TOP,
      { path: ['^(testing|e2e|bench|scripts)/', TEST] },
      { pathNot: TEST },
    ),

    door('pg', '^postgres/node/'),
    door('better-sqlite3', '^main/cache/'),
    door('ag-grid-(react|community)', '^renderer/components/data-grid/'),
    door('monaco-editor', '^renderer/components/code-editor/'),
    door('react-aria-components', '^renderer/components/'),
    door('pg-(cursor|protocol)', '^postgres/node/'),
    door('fastify', '^backend/http/'),
    door('graphile-worker', '^backend/jobs/'),
    door('nodemailer', '^backend/mail/'),
    door('jose', '^(backend/(auth|rest)|api-client/node)/'),
    door('@node-rs/argon2', '^backend/auth/'),
    door('prom-client', '^backend/monitoring/'),
    door('@redis/client', '^backend/api/'),
    door('libpg-query', '^postgres/node/parser/'),
    door('@pgsql/types', '^postgres/'),
    door('@dbml/core', '^postgres/common/exchange/'),
    door('@xyflow/react', '^renderer/features/designer/'),
    door('elkjs', '^renderer/features/designer/'),
    door('pdfjs-dist', '^renderer/components/pdf-view/'),
    door('ws', '^(main/(host|cloud)|backend/gateway|api-client/node/send)/'),
    door('yaml', '^api-client/common/(files|exchange)/'),
    door('graphql', '^(api-client/common|renderer/features/requests)/'),
    door('jsonpath-rfc9535', '^api-client/common/'),
    door('@readme/httpsnippet', '^api-client/common/code/'),
    door('(tough-cookie|aws4|oauth4webapi|socks)', '^api-client/node/send/'),
    door('(quickjs-emscripten.*|chai)', '^api-client/node/sandbox/'),
    door('csv-parse', '^api-client/node/run/'),
    door('stripe', '^backend/billing/stripe[^/]*[.]ts$'),
    door('pdfkit', '^backend/billing/pdf[^/]*[.]ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
