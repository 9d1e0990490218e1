// The door of settings: the person's choices on this machine, and what this app is.
import { EventEmitter } from 'node:events'
import { Settings, type About, type settings } from '#contract/capabilities/settings.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { SettingsStore } from '../cache/index.ts'

export interface SettingsDependencies {
  readonly store: SettingsStore
  readonly about: About
}

const NAME = 'preferences'

/** Makes the capability. Stored choices that this version does not know any more fall back to their defaults, each on its own. */
export function createSettingsCapability({
  store,
  about,
}: SettingsDependencies): CapabilityHandlers<typeof settings> {
  const events = new EventEmitter<{ changed: [Settings] }>()
  events.setMaxListeners(0)
  const read = (): Settings => store.get(NAME, Forgiving) ?? Settings.parse({})
  return {
    get: async () => read(),
    async set(changes) {
      const next = Settings.parse({ ...read(), ...changes })
      store.set(NAME, next)
      events.emit('changed', next)
      return next
    },
    about: async () => about,
    changed: (emit) => {
      events.on('changed', emit)
      return () => events.off('changed', emit)
    },
  }
}

const { theme, density, editorFontSize, keybindings } = Settings.shape
const Forgiving = Settings.extend({
  theme: theme.catch('system'),
  density: density.catch('compact'),
  editorFontSize: editorFontSize.catch(13),
  keybindings: keybindings.catch({}),
})
