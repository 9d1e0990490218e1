import fc from 'fast-check'
import { expect, test } from 'vitest'
import { breakCycles, cyclesOf, sortByNeeds, type Edge, type Weight } from './graph.ts'

const edge = (from: string, to: string, weight: Weight = 3): Edge => ({ from, to, weight, part: null })

test('what is needed comes first, and the given order decides the rest', () => {
  expect(sortByNeeds(['a', 'b', 'c', 'd'], [edge('a', 'c'), edge('c', 'd')])).toEqual(['d', 'c', 'a', 'b'])
  expect(sortByNeeds(['a', 'b'], [edge('a', 'nowhere')])).toEqual(['a', 'b'])
})

test('a long chain needs no stack', () => {
  const nodes = Array.from({ length: 20_000 }, (_, at) => `n${at}`)
  const edges = nodes.slice(1).map((node, at) => edge(nodes[at] ?? '', node))
  expect(cyclesOf(nodes, edges)).toEqual([])
  expect(sortByNeeds(nodes, edges)).toEqual(nodes.toReversed())
})

test('the weakest edges of a cycle are given up, and no others', () => {
  const edges = [edge('a', 'b'), edge('b', 'a', 0), edge('a', 'c', 0), edge('c', 'd', 1), edge('d', 'c', 2)]
  const nodes = ['a', 'b', 'c', 'd']
  expect(breakCycles(nodes, edges, 0)).toEqual([edges[0], edges[2], edges[3], edges[4]])
  expect(breakCycles(nodes, edges, 1)).toEqual([edges[0], edges[2], edges[4]])
  expect(cyclesOf(nodes, breakCycles(nodes, edges, 0))).toEqual([new Set(['c', 'd'])])
})

test('any graph is put in an order that keeps all that cycles leave', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e', 'f']
  const node = fc.constantFrom(...nodes)
  const weight = fc.constantFrom<Weight>(0, 1, 2, 3)
  const edges = fc.array(
    fc.tuple(node, node, weight).map(([from, to, one]) => edge(from, to, one)),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(edges, (all) => {
      const kept = breakCycles(nodes, all, 3)
      expect(cyclesOf(nodes, kept)).toEqual([])
      const sorted = sortByNeeds(nodes, kept)
      expect([...sorted].sort()).toEqual(nodes)
      for (const { from, to } of kept) expect(sorted.indexOf(to)).toBeLessThan(sorted.indexOf(from))
      // An edge goes only where its ends need each other.
      const given = all.filter((one) => one.from !== one.to && !kept.includes(one))
      const circles = cyclesOf(nodes, all)
      for (const { from, to } of given)
        expect(circles.some((circle) => circle.has(from) && circle.has(to))).toBe(true)
    }),
    { seed: 4, numRuns: 300 },
  )
})
