// What scripts from elsewhere ask for beyond `pm`: libraries, and what Node and browsers have.
import { afterAll, expect, it } from 'vitest'
import { SCRIPT_MODULES } from '#api-client/common/exchange/script-needs.ts'
import { FILM, runScript, told } from '#testing/scripts.ts'
import { createSandbox } from './sandbox.ts'

const sandbox = createSandbox({ processes: 1 })
afterAll(() => sandbox.close())

/** Each line is an expression and what it gives. */
async function gives(lines: readonly (readonly [string, unknown])[]) {
  const outcome = await runScript(
    sandbox,
    lines
      .map(
        ([code, wanted], at) => `pm.test(${at}, () => pm.expect(${code}).to.eql(${JSON.stringify(wanted)}))`,
      )
      .join('\n'),
    { response: { ...FILM, text: '<a id="1"><b>x</b><b/><c>1 &lt; 2</c><!-- no --></a>' } },
  )
  expect(outcome.error).toBeNull()
  expect(lines.filter((_, at) => outcome.tests[at]?.outcome !== 'passed')).toEqual([])
}

it('has lodash and moment, by name and as globals', () =>
  gives([
    ["_.get({ a: [{ b: 1 }] }, 'a[0].b')", 1],
    ["require('lodash').chunk([1, 2, 3], 2)", [[1, 2], [3]]],
    ["pm.require('npm:lodash@4.17.21').isEmpty({})", true],
    ["moment.utc('2026-01-31T10:00:00Z').add(1, 'month').format('YYYY-MM-DD')", '2026-02-28'],
    ["require('moment')('2026-01-31', 'YYYY-MM-DD', true).isValid()", true],
  ]))

it('ciphers with crypto-js', () =>
  gives([
    [
      "CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('text', 'key').toString(), 'key').toString(CryptoJS.enc.Utf8)",
      'text',
    ],
    [
      "require('crypto-js').AES.encrypt('m', CryptoJS.enc.Utf8.parse('0123456789abcdef'), { mode: CryptoJS.mode.ECB, padding: CryptoJS.pad.Pkcs7 }).ciphertext.sigBytes",
      16,
    ],
    ["CryptoJS.SHA256('abc').toString(CryptoJS.enc.Base64)", 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='],
    ["CryptoJS.PBKDF2('p', 's', { keySize: 4, iterations: 1 }).sigBytes", 16],
  ]))

it('reads XML and CSV', () =>
  gives([
    ['xml2Json(responseBody)', { a: { $: { id: '1' }, b: ['x', ''], c: '1 < 2' } }],
    [
      "(() => { let found; require('xml2js').parseString(pm.response.text(), { explicitRoot: false }, (error, result) => { found = result }); return found })()",
      { $: { id: '1' }, b: ['x', ''], c: ['1 < 2'] },
    ],
    ['xml2Json(\'<x>a<y z="&#65;">b</y></x>\')', { x: { _: 'a', y: { _: 'b', $: { z: 'A' } } } }],
    ["xml2Json('<x><![CDATA[<&]]></x>').x", '<&'],
    [
      'require(\'csv-parse/lib/sync\')(\'a,b\\n1,"x ""y"", z"\\r\\n\\n2,\', { columns: true })',
      [
        { a: '1', b: 'x "y", z' },
        { a: '2', b: '' },
      ],
    ],
  ]))

it.each(['<a><b></a>', 'no xml', '<a>', '', '<a></a> tail'])('refuses %s as XML', async (xml) => {
  const outcome = await runScript(sandbox, `xml2Json(${JSON.stringify(xml)})`)
  expect(outcome.error?.message).toMatch(/XML/)
})

it('has what Node and browsers have', () =>
  gives([
    ["Buffer.from('ü:p').toString('base64')", 'w7w6cA=='],
    ["Buffer.from('w7w6cA==', 'base64').toString()", 'ü:p'],
    ["Buffer.concat([Buffer.from('6162', 'hex'), Buffer.from('c')]).toString('utf8')", 'abc'],
    ["new URLSearchParams({ a: 'b c', d: '&' }).toString()", 'a=b+c&d=%26'],
    [
      "[...new URLSearchParams('?a=1&a=2&b')]",
      [
        ['a', '1'],
        ['a', '2'],
        ['b', ''],
      ],
    ],
    ["new URL('../c?x=%201#h', 'https://me:pw@A.test:443/a/b/').href", 'https://a.test/a/c?x=%201#h'],
    [
      "(() => { const url = new URL('http://a.test:8080/x?y=1'); url.searchParams.set('y', 'z w'); return [url.host, url.href] })()",
      ['a.test:8080', 'http://a.test:8080/x?y=z+w'],
    ],
    ["require('querystring').parse('a=1&a=2&b=%20')", { a: ['1', '2'], b: ' ' }],
    ["require('crypto').createHmac('sha256', 'key').update('a').update('b').digest('hex').length", 64],
    ["crypto.createHash('md5').update('abc').digest('hex')", '900150983cd24fb0d6963f7d28e17f72'],
    ['crypto.getRandomValues(new Uint8Array(4)).length', 4],
    ['/^[0-9a-f-]{36}$/.test(crypto.randomUUID())', true],
    ["responseBody.has('<b>') && !responseBody.has('<z>')", true],
    ["require('path').basename('/a/b.txt', '.txt')", 'b'],
  ]))

it('asserts as Node does, and of the request', async () => {
  const outcome = await runScript(
    sandbox,
    `const assert = require('assert')
     pm.test('deep', () => assert.deepStrictEqual({ a: 1 }, { a: 2 }))
     pm.test('is', () => { assert(true); assert.strictEqual(1, 1); assert.ok(1) })
     pm.test('header', () => pm.request.to.have.header('Accept'))
     pm.test('no header', () => pm.request.to.have.header('X-None'))`,
  )
  expect(told(outcome)).toEqual({
    deep: 'expected { a: 1 } to deeply equal { a: 2 }',
    is: 'passed',
    header: 'passed',
    'no header': "expected to have header 'X-None'",
  })
})

it('has what imports take for granted', () =>
  gives(SCRIPT_MODULES.map((name) => [`require('${name}') !== undefined`, true] as const)))

it('leaves nothing of a library in the next world', async () => {
  await runScript(sandbox, 'require("lodash").map = null; _.map = null')
  await gives([['_.map([1], (one) => one + 1)', [2]]])
})
