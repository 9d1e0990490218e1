// What an assertion's expression means: `res.status`, `res.headers.NAME`, `res.body.a[0]["b c"]`, or a JSON path of the body.
import { query } from 'jsonpath-rfc9535'
import { z } from 'zod'
import type { ResponseFacts } from './facts.ts'

/** The value; or why there is none to compare. */
export type Read = { readonly value: unknown } | { readonly problem: string }

export interface BodyReader {
  /** The parsed body; a problem in words where it is none. */
  readonly json: () => Read
  /** As Bruno has it: parsed where it is JSON, else its text. */
  readonly loose: () => Read
}

/** Reads an expression from a response. A place that is not there is `undefined`. */
export function readExpression(expression: string, facts: ResponseFacts, body: BodyReader): Read {
  const text = expression.trim()
  if (text.startsWith('$')) return readJsonPath(text, body)
  const path = pathOf(text)
  if (path === null)
    return {
      problem: `“${text}” cannot be read: write res.status, res.headers.NAME, res.body.a[0].b or a JSON path that begins with $.`,
    }
  const [root, member, ...rest] = path
  if (root !== 'res')
    return { problem: `“${text}” begins with neither res nor $: nothing else is known of a response.` }
  switch (member) {
    case 'status':
    case 'statusCode':
      return walk(facts.status, rest)
    case 'statusText':
      return walk(facts.statusText, rest)
    case 'responseTime':
      return walk(facts.durationMs, rest)
    case 'size':
      return walk(facts.bodyBytes, rest)
    case 'headers':
      return readHeader(facts, rest)
    case 'body': {
      const read = body.loose()
      return 'problem' in read ? read : walk(read.value, rest)
    }
    default:
      return {
        problem: `A response has no “${member ?? ''}”: there are status, statusText, responseTime, size, headers and body.`,
      }
  }
}

function readHeader(facts: ResponseFacts, [name, ...rest]: readonly string[]): Read {
  if (name === undefined)
    return {
      value: Object.fromEntries(facts.headers.map((header) => [header.name.toLowerCase(), header.value])),
    }
  const values = facts.headers.filter((header) => header.name.toLowerCase() === name.toLowerCase())
  return walk(values.length === 0 ? undefined : values.map(({ value }) => value).join(', '), rest)
}

function readJsonPath(expression: string, body: BodyReader): Read {
  const read = body.json()
  if ('problem' in read) return read
  try {
    const found = query(JsonValue.parse(read.value), expression)
    // A path to one place is that value; one that may find many is their list.
    return { value: isSingular(expression) ? found[0] : found }
  } catch (error) {
    const words = error instanceof Error ? error.message : ''
    return { problem: `“${expression}” is no JSON path (RFC 9535): ${words}` }
  }
}

/** The library walks any value; that it is JSON was decided by the parser. */
const JsonValue = z.custom<Parameters<typeof query>[0]>(() => true)

/** RFC 9535 2.3.5.1: only names and indexes. */
function isSingular(expression: string): boolean {
  return /^\$(\s*\.\s*[\p{L}_][\p{L}\p{N}_]*|\s*\[\s*(-?\d+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\])*\s*$/u.test(
    expression,
  )
}

/** `a.b[0]["c"]` in its parts; null for what is no such path. */
function pathOf(text: string): string[] | null {
  const parts: string[] = []
  const part = /\.?([^.[\]"'\s]+)|\[(\d+)\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'((?:[^'\\]|\\.)*)'\s*\]/y
  while (part.lastIndex < text.length) {
    const match = part.exec(text)
    if (match === null) return null
    parts.push(match[1] ?? match[2] ?? (match[3] ?? match[4] ?? '').replace(/\\(.)/g, '$1'))
  }
  return parts.length === 0 ? null : parts
}

function walk(value: unknown, path: readonly string[]): Read {
  let found = value
  for (const part of path) {
    if (part === 'length' && (Array.isArray(found) || typeof found === 'string')) found = found.length
    else if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part))
      return { value: undefined }
    else found = Object.entries(found).find(([name]) => name === part)?.[1]
  }
  return { value: found }
}
