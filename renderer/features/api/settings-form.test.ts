// The settings as texts and back.
import { describe, expect, test } from 'vitest'
import type { ApiSettings } from '#contract/capabilities/api.ts'
import { schemaErrors } from '../../components/use-form.ts'
import { changedSettings, SettingsForm, toSettings, toValues } from './settings-form.ts'

const SETTINGS: ApiSettings = {
  schemas: ['public', 'shop'],
  extraSearchPath: ['extensions', 'Odd Name'],
  maxRows: null,
  aggregatesEnabled: true,
  planEnabled: false,
  maxBodyBytes: 1_500_000,
  statementTimeoutMs: 8_250,
  maxPlanCost: 1234.5,
  rateLimit: { perKey: 100, perProject: null, perAddress: 20 },
  corsAllowedOrigins: ['https://shop.example.com', 'http://localhost:3000'],
}

test('what is shown is what is saved', () => {
  const values = toValues(SETTINGS)
  expect(schemaErrors(SettingsForm, values)).toEqual({})
  expect(toSettings(values)).toEqual(SETTINGS)
  expect(changedSettings(SETTINGS, toSettings(values))).toEqual({})
})

test('only what was changed is sent', () => {
  const after = toSettings({ ...toValues(SETTINGS), maxRows: '1 000', perProject: '7' })
  expect(changedSettings(SETTINGS, after)).toEqual({
    maxRows: 1000,
    rateLimit: { perKey: 100, perProject: 7, perAddress: 20 },
  })
  const all: ApiSettings = {
    schemas: ['shop'],
    extraSearchPath: [],
    maxRows: 1,
    aggregatesEnabled: false,
    planEnabled: true,
    maxBodyBytes: 1,
    statementTimeoutMs: 1,
    maxPlanCost: null,
    rateLimit: { perKey: null, perProject: null, perAddress: null },
    corsAllowedOrigins: [],
  }
  expect(changedSettings(SETTINGS, all)).toEqual(all)
})

describe('what cannot be saved', () => {
  test.each([
    [{ schemas: [] }, 'schemas'],
    [{ maxRows: '0' }, 'maxRows'],
    [{ maxRows: '1.5' }, 'maxRows'],
    [{ maxRows: 'many' }, 'maxRows'],
    [{ maxRows: '1000001' }, 'maxRows'],
    [{ maxBodyMegabytes: '' }, 'maxBodyMegabytes'],
    [{ maxBodyMegabytes: '50.1' }, 'maxBodyMegabytes'],
    [{ statementTimeoutSeconds: '601' }, 'statementTimeoutSeconds'],
    [{ statementTimeoutSeconds: '-1' }, 'statementTimeoutSeconds'],
    [{ maxPlanCost: '0' }, 'maxPlanCost'],
    [{ perKey: '-3' }, 'perKey'],
    [{ extraSearchPath: 'x'.repeat(64) }, 'extraSearchPath'],
    [{ corsAllowedOrigins: 'shop.example.com' }, 'corsAllowedOrigins'],
    [{ corsAllowedOrigins: 'https://shop.example.com/path' }, 'corsAllowedOrigins'],
  ])('%j has an error at %s', (changed, name) => {
    expect(Object.keys(schemaErrors(SettingsForm, { ...toValues(SETTINGS), ...changed }))).toEqual([name])
  })
  test('a body may be as large as the service takes it', () => {
    const errors = (maxBodyMegabytes: string) =>
      schemaErrors(SettingsForm, { ...toValues(SETTINGS), maxBodyMegabytes })
    expect(errors('50')).toEqual({})
    expect(errors('51')).toEqual({ maxBodyMegabytes: 'Write a size from 0 to 50 MB.' })
  })
  test('any origin may be allowed', () => {
    expect(schemaErrors(SettingsForm, { ...toValues(SETTINGS), corsAllowedOrigins: '*' })).toEqual({})
  })
})
