import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyCollection, anyEnvironment, anyFolder, anyRequest } from '#testing/collection-items.ts'
import { type FileKind, readItem } from './read-item.ts'
import { summarise, summariseFully } from './summarise.ts'
import type { FileItem } from './file-item.ts'
import { fileKindOf, writeItem } from './write-item.ts'

const RUNS = Number(process.env['COLLECTION_FILE_RUNS'] ?? 30)
const LONGEST_MS = 30_000 + RUNS * 100
const options = { numRuns: RUNS, seed: 20261123 }

function read(text: string, kind: FileKind): unknown {
  const result = readItem(text, kind, 'Untitled')
  return result.ok ? result.item : result.problem
}

const kinds: [string, fc.Arbitrary<FileItem>][] = [
  ['request', anyRequest],
  ['folder', anyFolder],
  ['collection', anyCollection],
  ['environment', anyEnvironment],
]

test.each(kinds)(
  'any %s is the same when it is read back',
  (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (item) => {
        expect(read(writeItem(item, null), fileKindOf(item))).toEqual(item)
      }),
      options,
    )
  },
  LONGEST_MS,
)

test.each(kinds)(
  'any %s can become any other in its file, and stays to the byte when nothing changes',
  (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (before, after) => {
        const text = writeItem(before, null)
        expect(writeItem(before, text)).toBe(text)
        expect(read(writeItem(after, text), fileKindOf(after))).toEqual(after)
        const crlf = text.replaceAll('\n', '\r\n')
        expect(writeItem(before, crlf)).toBe(crlf)
      }),
      options,
    )
  },
  LONGEST_MS,
)

test(
  'a change there and back gives the text of before',
  () => {
    fc.assert(
      fc.property(anyRequest, fc.string({ minLength: 1 }), (item, docs) => {
        fc.pre(item.docs === '')
        const text = writeItem(item, null)
        expect(writeItem(item, writeItem({ ...item, docs }, text))).toBe(text)
      }),
      options,
    )
  },
  LONGEST_MS,
)

test(
  'the summary of a plainly shaped file is that of the parser',
  () => {
    fc.assert(
      fc.property(anyRequest, (item) => {
        const text = writeItem(item, null)
        expect(summarise(text, 'a/b.yml')).toEqual(summariseFully(text, 'a/b.yml'))
      }),
      options,
    )
  },
  LONGEST_MS,
)

test(
  'garbage and mutilated files never throw, and have the same summary both ways',
  () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.nat(),
        fc.constantFrom('', ':', '- ', '\n', '  ', '"', '{', '\t', '#', ' x'),
        (item, at, junk) => {
          const text = writeItem(item, null)
          const cut = at % text.length
          const broken = text.slice(0, cut) + junk + text.slice(cut + 1)
          const summary = summarise(broken, 'a/b.yml')
          expect(typeof read(broken, 'request')).not.toBe('undefined')
          expect(summary).toEqual(summariseFully(broken, 'a/b.yml'))
        },
      ),
      options,
    )
  },
  LONGEST_MS,
)
