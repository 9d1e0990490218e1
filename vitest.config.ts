// Five kinds of tests by file name: see docs/architecture.md, "Tests".
import { defineConfig } from 'vitest/config'

const folders = '{contract,postgres,api-client,main,preload,renderer,backend,testing,scripts}'

/** Tests of milliseconds, but loading a large library or a child process takes seconds on a busy machine. */
const UNIT_TIMEOUT_MS = 30_000

export default defineConfig({
  test: {
    // One more than Vitest takes by itself: most tests wait for Postgres, and two cores would be one worker.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: [
        'main/**/*.ts',
        'backend/**/*.ts',
        'contract/**/*.ts',
        'postgres/**/*.ts',
        'api-client/**/*.ts',
      ],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      thresholds: { lines: 80 },
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/*.{pg,system}.test.ts'],
          environment: 'node',
          testTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'dom',
          include: ['renderer/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'system',
          include: [`${folders}/**/*.system.test.ts`],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'postgres',
          include: [`${folders}/**/*.pg.test.ts`],
          environment: 'node',
          globalSetup: ['testing/postgres-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
