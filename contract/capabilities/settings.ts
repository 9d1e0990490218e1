// The person's choices on this machine.
import { z } from 'zod'
import { call, capability, event } from '../rpc/definition.ts'

export const Settings = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  density: z.enum(['compact', 'normal']).default('compact'),
  editorFontSize: z.number().int().min(10).max(24).default(13),
  /** Command id → key, only where it differs from the default. */
  keybindings: z.record(z.string().max(100), z.string().max(60)).default({}),
})
export type Settings = z.infer<typeof Settings>

export const About = z.object({
  version: z.string(),
  hostKind: z.enum(['desktop', 'headless']),
  platform: z.enum(['mac', 'windows', 'linux']),
  dataDirectory: z.string(),
  /** How secrets are kept on this machine, in words for the settings screen. */
  secretStore: z.string(),
})
export type About = z.infer<typeof About>

export const settings = capability('settings', {
  get: call({ input: z.object({}), output: Settings }),
  set: call({ input: Settings.partial(), output: Settings }),
  about: call({ input: z.object({}), output: About }),
  changed: event(Settings),
})
