import { describe, expect, it } from 'vitest'
import { aligned, ALIGNMENTS } from './diagram-edits.ts'

describe('aligning', () => {
  const boxes = new Map([
    ['a', { x: 0, y: 0, width: 100, height: 50 }],
    ['b', { x: 40, y: 200, width: 200, height: 100 }],
    ['c', { x: 500, y: 30, width: 100, height: 70 }],
  ])
  it.each([
    ['Left', [0, 0], [0, 200], [0, 30]],
    ['Centre', [250, 0], [200, 200], [250, 30]],
    ['Right', [500, 0], [400, 200], [500, 30]],
    ['Top', [0, 0], [40, 0], [500, 0]],
    ['Middle', [0, 125], [40, 100], [500, 115]],
    ['Bottom', [0, 250], [40, 200], [500, 230]],
    ['Across', [0, 0], [200, 200], [500, 30]],
    ['Down', [0, 0], [40, 200], [500, 90]],
  ] as const)('%s', (alignment, a, b, c) => {
    const places = aligned(boxes, alignment)
    expect(['a', 'b', 'c'].map((id) => [places.get(id)?.x, places.get(id)?.y])).toEqual([a, b, c])
  })

  it('leaves one alone as it is', () => {
    const one = new Map([['a', { x: 7, y: 9, width: 10, height: 10 }]])
    for (const alignment of ALIGNMENTS) expect(aligned(one, alignment).get('a')).toEqual({ x: 7, y: 9 })
  })
})
