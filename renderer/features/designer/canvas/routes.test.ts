import { describe, expect, it } from 'vitest'
import { routeOf, type RouteEnd } from './routes.ts'

const at = (x: number, y: number, end: RouteEnd['end'] = 'one'): RouteEnd => ({
  box: { x, y, width: 100, height: 80 },
  y: y + 38,
  end,
})
/** Twice as wide. */
const wide = (x: number, y: number): RouteEnd => ({
  ...at(x, y),
  box: { x, y, width: 200, height: 80 },
})
const lines = (line: string): readonly (readonly number[])[] =>
  line
    .split(/[ML]/)
    .filter((part) => part !== '')
    .map((part) => part.split(' ').map(Number))
const options = { lane: 0, hasFeet: true }

describe('routes', () => {
  it.each([
    ['right of it', at(0, 0), at(300, 50), [100, 300]],
    ['left of it', at(300, 0), at(0, 50), [300, 100]],
    ['far right of it', at(0, 0), at(2000, 50), [100, 2000]],
    ['below it', at(0, 0), wide(0, 300), [0, 0]],
    ['below it, more to the right', at(50, 0), wide(0, 300), [150, 200]],
    ['itself', at(0, 0), { ...at(0, 0), y: 60 }, [100, 100]],
  ] as const)('begin and end at the sides that face each other: %s', (_where, from, to, [first, last]) => {
    const points = lines(routeOf(from, to, options).line)
    expect([points[0]![0], points.at(-1)![0]]).toEqual([first, last])
    expect([points[0]![1], points.at(-1)![1]]).toEqual([from.y, to.y])
  })

  it('run along the axes only', () => {
    const points = lines(routeOf(at(0, 0), at(400, 200), options).line)
    for (const [n, [x, y]] of points.slice(1).entries())
      expect(x === points[n]![0] || y === points[n]![1]).toBe(true)
  })

  it('turn apart in different lanes', () => {
    const turns = [0, 1, 2, 3].map(
      (lane) => lines(routeOf(at(0, 0), at(220, 90), { ...options, lane }).line)[1]![0],
    )
    expect(new Set(turns).size).toBe(4)
    for (const x of turns) expect(x! > 100 && x! < 220).toBe(true)
  })

  it('have a foot for each way of counting', () => {
    const path = (end: RouteEnd['end']): string => routeOf(at(0, 0, end), at(300, 0), options).path
    expect(path('zero or many')).toContain('M100 33.5L108 38L100 42.5')
    expect(path('one')).toContain('v8')
    expect(path('zero or one')).toContain('a3 3')
    expect(routeOf(at(0, 0), at(300, 0), { lane: 0, hasFeet: false }).path).not.toContain('v8')
  })

  it('know what room they take', () => {
    const { bounds } = routeOf(at(0, 0), at(300, 100), options)
    expect(bounds.x).toBeLessThanOrEqual(100)
    expect(bounds.x + bounds.width).toBeGreaterThanOrEqual(300)
    expect(bounds.height).toBeGreaterThanOrEqual(100)
  })
})
