// Bundles the Electron main process and the desktop host's utility process, for the installer. What brings a binary of its own (a native add-on,
// WebAssembly that is looked for beside its module) stays a package.
import { cpSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const outDir = join(import.meta.dirname, '../dist/main')
const packages = ['electron', 'better-sqlite3', 'libpg-query', 'pg-native']

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  plugins: [
    {
      name: 'migrations-beside-the-bundle',
      closeBundle() {
        cpSync(join(import.meta.dirname, 'cache/migrations'), join(outDir, 'migrations'), {
          recursive: true,
        })
        // The sandbox of scripts looks for these beside the bundle.
        cpSync(join(import.meta.dirname, '../api-client/node/sandbox/inside'), join(outDir, 'inside'), {
          recursive: true,
        })
        for (const [name, place] of [
          ['chai', 'chai'],
          ['lodash', 'lodash/lodash.min.js'],
          ['moment', 'moment/min/moment.min.js'],
          ['crypto-js', 'crypto-js/crypto-js.js'],
        ] as const)
          cpSync(fileURLToPath(import.meta.resolve(place)), join(outDir, `inside/${name}.js`))
        cpSync(
          join(
            import.meta.dirname,
            '../node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm',
          ),
          join(outDir, 'emscripten-module.wasm'),
        )
      },
    },
  ],
  ssr: { noExternal: true, external: packages },
  build: {
    ssr: true,
    outDir,
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        entry: join(import.meta.dirname, 'entry.ts'),
        'utility-entry': join(import.meta.dirname, 'host/utility-entry.ts'),
        'sandbox-entry': join(import.meta.dirname, 'host/sandbox-entry.ts'),
        'import-thread': join(import.meta.dirname, 'collections/import-thread.ts'),
        'text-thread': join(import.meta.dirname, '../postgres/node/parser/text-thread.ts'),
        'body-thread': join(import.meta.dirname, '../api-client/node/bodies/thread.ts'),
      },
      external: [...packages, ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
})
