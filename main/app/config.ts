// Reads the environment of the Electron edge, once.
import { z } from 'zod'

export interface AppConfig {
  /** Origin of the test payments of `npm start -- --demo-billing`, whose pages may be opened; undefined otherwise. */
  readonly testPayments: string | undefined
}

const Variables = z.object({ NEBULADB_TEST_PAYMENTS_URL: z.url({ protocol: /^http$/ }).optional() })

/** What cannot be read counts as not given: the app starts without it. */
export function readAppConfig(environment: NodeJS.ProcessEnv = process.env): AppConfig {
  const url = Variables.safeParse(environment).data?.NEBULADB_TEST_PAYMENTS_URL
  return { testPayments: url === undefined ? undefined : new URL(url).origin }
}
