import { describe, expect, it } from 'vitest'
import { createObstacles } from './obstacles.ts'
import { routeOf, type RouteEnd } from './route.ts'

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

  it('make a loop where a column references itself', () => {
    const points = lines(routeOf(at(0, 0), at(0, 0), options).line)
    expect(points.at(-1)![1]! - points[0]![1]!).toBeGreaterThanOrEqual(10)
    expect(Math.max(...points.map(([x]) => x!))).toBeGreaterThan(100)
  })

  it.each([
    ['one between', at(0, 0), at(600, 0), [{ x: 250, y: -100, width: 100, height: 300 }]],
    ['one that is turned into', at(0, 0), at(300, 400), [{ x: 105, y: 150, width: 100, height: 80 }]],
    [
      'two, one behind the other',
      at(0, 0),
      at(900, 0),
      [
        { x: 250, y: -50, width: 100, height: 200 },
        { x: 500, y: -200, width: 100, height: 400 },
      ],
    ],
    ['one at the left edge', at(0, -1000), at(-400, -1000), [{ x: -250, y: -1200, width: 100, height: 400 }]],
  ] as const)('run around what stands in the way: %s', (_what, from, to, between) => {
    const obstacles = createObstacles([from.box, to.box, ...between])
    const behind = (line: string): number => {
      const points = lines(line)
      return points
        .slice(1)
        .flatMap(([x, y], n) => obstacles.hitBy([points[n]![0]!, points[n]![1]!], [x!, y!])).length
    }
    expect(behind(routeOf(from, to, options).line)).toBeGreaterThan(0)
    const { line } = routeOf(from, to, { ...options, obstacles })
    expect(behind(line)).toBe(0)
    expect([lines(line)[0]![1], lines(line).at(-1)![1]]).toEqual([from.y, to.y])
  })
})
