import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readHostConfig } from './config.ts'

test('has a default for everything', () => {
  const config = readHostConfig({ XDG_DATA_HOME: '/data', LOCALAPPDATA: '/data' })
  expect(config.port).toBe(7410)
  expect(config.serviceUrl).toBe('http://127.0.0.1:7400')
  expect(config.token).toBeUndefined()
  expect(config.reachesPrivateNetworks).toBe(true)
  expect(config.dataDirectory.endsWith('desktop')).toBe(true)
})

test('takes what the environment says; an empty variable is none', () => {
  const config = readHostConfig({
    NEBULADB_DATA_DIR: '/somewhere else',
    NEBULADB_HOST_PORT: '0',
    NEBULADB_SERVICE_URL: 'https://service.example.com',
    NEBULADB_LOG_LEVEL: '',
    NEBULADB_HOST_TOKEN: 'a'.repeat(40),
    NEBULADB_PRIVATE_NETWORKS: 'refused',
    DISPLAY: ':0',
  })
  expect(config).toMatchObject({
    dataDirectory: join('/somewhere else', 'desktop'),
    port: 0,
    serviceUrl: 'https://service.example.com',
    logLevel: 'info',
    token: 'a'.repeat(40),
    reachesPrivateNetworks: false,
    hasDisplay: true,
  })
})

test('names each bad variable and never prints its value', () => {
  expect(() => readHostConfig({ NEBULADB_HOST_PORT: '99999', NEBULADB_HOST_TOKEN: 'hunter2' })).toThrow(
    /NEBULADB_HOST_PORT.*NEBULADB_HOST_TOKEN/,
  )
  expect(() => readHostConfig({ NEBULADB_HOST_TOKEN: 'hunter2' })).not.toThrow(/hunter2/)
})
