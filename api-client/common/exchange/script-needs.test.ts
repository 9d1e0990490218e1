import { expect, test } from 'vitest'
import { importText } from './import.ts'
import { reportScript } from './script-needs.ts'

test.each<[string, string[]]>([
  ["const _ = require('lodash'); require(`moment`); pm.require('npm:uuid@9.0.0')", []],
  ['const $ = cheerio.load(pm.response.text())', ['cheerio']],
  ["require('jsrsasign'); pm.require('@team/tools')", ['require jsrsasign', 'require @team/tools']],
  ['pm.visualizer.set("x"); await pm.vault.get("k")', ['pm.visualizer', 'pm.vault']],
  ["pm.cookies.jar().set('a.test', 'b', 'c', () => {})", ['pm.cookies.jar']],
  ["pm.cookies.jar().get('a.test', 'b', () => {})", []],
])('%s asks for %j', (script, parts) => {
  const found: string[] = []
  reportScript(script, (part) => found.push(part))
  expect(found).toEqual(parts)
})

test.each([
  [
    'postman',
    JSON.stringify({
      info: { name: 'C' },
      item: [{ name: 'R', request: '/', event: [{ listen: 'test', script: { exec: "require('x-y')" } }] }],
    }),
  ],
  [
    'insomnia',
    JSON.stringify({
      _type: 'export',
      resources: [{ _id: 'r', _type: 'request', name: 'R', url: '/', preRequestScript: "require('x-y')" }],
    }),
  ],
  ['bruno', "meta {\n  name: R\n}\n\nget {\n  url: /\n}\n\nscript:pre-request {\n  require('x-y')\n}\n"],
])('an import of %s tells it as a note', (_format, text) => {
  expect(importText(text, { name: '' }).problems).toMatchObject([
    { item: 'R', part: 'require x-y', severity: 'note' },
  ])
})
