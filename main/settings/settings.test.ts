import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Settings, type About } from '#contract/capabilities/settings.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createSettingsStore, openCache } from '../cache/index.ts'
import { createSettingsCapability } from './index.ts'

const about: About = {
  version: '1.0.0',
  hostKind: 'headless',
  platform: 'linux',
  dataDirectory: '/data',
  secretStore: 'A key file.',
}
const context = { signal: new AbortController().signal, metadata: {} }

function setUp() {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  const store = createSettingsStore(cache)
  return { store, make: () => createSettingsCapability({ store, about }) }
}

test('has defaults, keeps what is changed, and tells of it', async () => {
  const { make } = setUp()
  const settings = make()
  const heard: Settings[] = []
  const leave = settings.changed((state) => heard.push(Settings.parse(state)), context)
  expect(await settings.get({}, context)).toEqual(DEFAULTS)
  await settings.set({ theme: 'dark' }, context)
  await settings.set({ editorFontSize: 16 }, context)
  expect(await make().get({}, context)).toEqual({ ...DEFAULTS, theme: 'dark', editorFontSize: 16 })
  expect(heard.map(({ theme, editorFontSize }) => [theme, editorFontSize])).toEqual([
    ['dark', 13],
    ['dark', 16],
  ])
  leave()
  await settings.set({ theme: 'light' }, context)
  expect(heard).toHaveLength(2)
  expect(await settings.about({}, context)).toEqual(about)
})

test('a choice that this version does not know falls back alone', async () => {
  const { store, make } = setUp()
  store.set('preferences', { theme: 'sepia', editorFontSize: 18, keybindings: { a: 1 }, unknown: true })
  expect(await make().get({}, context)).toEqual({ ...DEFAULTS, editorFontSize: 18 })
})

const DEFAULTS: Settings = { theme: 'system', density: 'compact', editorFontSize: 13, keybindings: {} }
