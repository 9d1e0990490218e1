import { describe, expect, test } from 'vitest'
import { createMessageReader } from './message-reader.ts'
import { readCommand, readErrorFields, readTextRow } from './messages.ts'
import { createScramExchange, md5Answer } from './scram.ts'

function message(type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(bytes.length + 4, 1)
  return Buffer.concat([head, bytes])
}

function collect(): { seen: string[]; reader: ReturnType<typeof createMessageReader> } {
  const seen: string[] = []
  const reader = createMessageReader((type, bytes, start, end) => {
    const body = bytes.toString('utf8', start, end)
    seen.push(String.fromCharCode(type) + body)
    if (body === 'stop') reader.pause()
  })
  return { seen, reader }
}

describe('createMessageReader', () => {
  const stream = Buffer.concat([
    message('A', 'one'),
    message('B', ''),
    message('C', 'x'.repeat(3000)),
    message('D', 'last'),
  ])
  const expected = ['Aone', 'B', `C${'x'.repeat(3000)}`, 'Dlast']

  test.each([1, 2, 3, 5, 7, 1000, 100_000])('cuts messages out of chunks of %i bytes', (size) => {
    const { seen, reader } = collect()
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size))
    expect(seen).toEqual(expected)
  })

  test('stops between two messages and goes on where it stopped', () => {
    const { seen, reader } = collect()
    reader.push(Buffer.concat([message('A', 'stop'), message('B', 'b'), message('C', 'c')]))
    reader.push(message('D', 'd'))
    expect(seen).toEqual(['Astop'])
    expect(reader.isPaused()).toBe(true)
    reader.resume()
    expect(seen).toEqual(['Astop', 'Bb', 'Cc', 'Dd'])
  })

  test('a handler may pause and resume at once', () => {
    const seen: number[] = []
    const reader = createMessageReader((type) => {
      seen.push(type)
      reader.pause()
      reader.resume()
    })
    reader.push(Buffer.concat([message('A', ''), message('B', '')]))
    expect(seen).toEqual([65, 66])
  })

  test('a long message before the login is an error, after it is not', () => {
    const long = message('A', 'x'.repeat(100_000))
    expect(() => collect().reader.push(long)).toThrow('not the Postgres protocol')
    const { seen, reader } = collect()
    reader.allowLong()
    reader.push(long)
    expect(seen.length).toBe(1)
  })

  test('an impossible length is an error, not a wait', () => {
    for (const length of [0, 3, 0xffffffff]) {
      const bytes = Buffer.alloc(5)
      bytes.writeUInt32BE(length, 1)
      expect(() => collect().reader.push(bytes)).toThrow('not the Postgres protocol')
    }
  })
})

describe('messages', () => {
  test.each([
    ['INSERT 0 5', 'INSERT', 5],
    ['SELECT 12', 'SELECT', 12],
    ['CREATE TABLE', 'CREATE TABLE', null],
    ['COPY 3', 'COPY', 3],
    ['REFRESH MATERIALIZED VIEW', 'REFRESH MATERIALIZED VIEW', null],
  ])('the command tag %s', (tag, command, rowCount) => {
    expect(readCommand(Buffer.from(`${tag}\0`), 0)).toEqual({ command, rowCount })
  })

  test('error fields have names; the severity is the one that is not translated', () => {
    const bytes = Buffer.from('SFEHLER\0VERROR\0C42601\0MSyntax\0P7\0Fscan.l\0\0')
    expect(readErrorFields(bytes, 0)).toEqual({
      severity: 'ERROR',
      code: '42601',
      message: 'Syntax',
      position: '7',
    })
    expect(readErrorFields(Buffer.from('SERROR\0\0'), 0)).toEqual({ severity: 'ERROR' })
  })

  test('a row is read the same whether it is decoded in one go or cell by cell', () => {
    const row = (cells: readonly (string | null)[]): Buffer => {
      const parts = [Buffer.from([cells.length >> 8, cells.length & 255])]
      for (const cell of cells) {
        const bytes = cell === null ? undefined : Buffer.from(cell)
        const length = Buffer.alloc(4)
        length.writeInt32BE(bytes?.length ?? -1)
        parts.push(length, bytes ?? Buffer.alloc(0))
      }
      return Buffer.concat(parts)
    }
    for (const cells of [
      [],
      ['a', null, ''],
      ['é', 'b', null],
      ['x'.repeat(200), 'é'],
      ['x'.repeat(194), 'y'.repeat(0xc3a9)],
      [null, null, '\u0080'],
      ['\ufffd', 'x'.repeat(128)],
    ]) {
      const bytes = row(cells)
      expect(readTextRow(bytes, 0, bytes.length)).toEqual(cells)
    }
  })
})

describe('SCRAM-SHA-256', () => {
  const first = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
  const start = () => createScramExchange('pencil', 'rOprNGfwEbeRWgbNEkqO')

  test('proves the password as in the example of RFC 7677, up to the user name that Postgres leaves empty', async () => {
    const exchange = start()
    expect(exchange.firstMessage).toBe('n,,n=,r=rOprNGfwEbeRWgbNEkqO')
    const answer = await exchange.respond(first)
    expect(answer).toMatch(
      /^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[A-Za-z0-9+/]{43}=$/,
    )
  })

  test('a server that cannot prove itself is refused', async () => {
    const exchange = start()
    await exchange.respond(first)
    expect(() => exchange.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toThrow('could not prove')
    expect(() => exchange.verify('')).toThrow('could not prove')
    expect(() => start().verify('v=AAAA')).toThrow('could not prove')
  })

  test.each([
    ['a nonce that is not ours', 'r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['our nonce with nothing added', 'r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['no salt', 'r=rOprNGfwEbeRWgbNEkqOx,i=4096'],
    ['no iterations', 'r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ=='],
    ['iterations for years', 'r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000'],
  ])('%s is refused', async (_, serverFirst) => {
    await expect(start().respond(serverFirst)).rejects.toThrow(/nonce|salt|iterations/)
  })
})

test('md5 hashes password and user, then that and the salt', () => {
  // As md5('…' || …) of Postgres and Python's hashlib give it.
  expect(md5Answer('anna', 'secret', new Uint8Array([1, 2, 3, 4]))).toBe(
    'md57a40e687695f2126a3421c7f4bc9861e',
  )
})
