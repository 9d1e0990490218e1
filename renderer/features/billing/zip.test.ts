// The ZIP is one that others open: known checksums, and each file found again by way of its directory.
import { expect, test } from 'vitest'
import { crc32, zip } from './zip.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('checksums are those of the standard', () => {
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926)
  expect(crc32(bytes(''))).toBe(0)
})

test('each file is found by the directory at the end, with its name, content and time', () => {
  const modifiedAt = new Date('2026-11-01T00:05:08.000Z')
  const whole = Buffer.concat(
    zip([
      { name: 'NB-2026-1107.pdf', content: bytes('%PDF one'), modifiedAt },
      { name: 'Übersicht.pdf', content: bytes(''), modifiedAt },
    ]),
  )
  const end = whole.length - 22
  expect(whole.readUInt32LE(end)).toBe(0x06054b50)
  expect(whole.readUInt16LE(end + 10)).toBe(2)
  const found: { name: string; text: string }[] = []
  let at = whole.readUInt32LE(end + 16)
  expect(at + whole.readUInt32LE(end + 12)).toBe(end)
  while (at < end) {
    expect(whole.readUInt32LE(at)).toBe(0x02014b50)
    const nameLength = whole.readUInt16LE(at + 28)
    const name = whole.subarray(at + 46, at + 46 + nameLength).toString('utf8')
    const local = whole.readUInt32LE(at + 42)
    expect(whole.readUInt32LE(local)).toBe(0x04034b50)
    const content = whole.subarray(
      local + 30 + nameLength,
      local + 30 + nameLength + whole.readUInt32LE(at + 24),
    )
    expect(whole.readUInt32LE(at + 16)).toBe(crc32(content))
    expect(whole.readUInt16LE(at + 12)).toBe((0 << 11) | (5 << 5) | 4)
    expect(whole.readUInt16LE(at + 14)).toBe((46 << 9) | (11 << 5) | 1)
    found.push({ name, text: content.toString('utf8') })
    at += 46 + nameLength
  }
  expect(found).toEqual([
    { name: 'NB-2026-1107.pdf', text: '%PDF one' },
    { name: 'Übersicht.pdf', text: '' },
  ])
})
