import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serviceContract } from '#contract/contract.ts'
import { ERROR_CATALOGUE } from '#contract/errors.ts'
import { createOpenApi } from './openapi.ts'
import { listOperations } from './operations.ts'

const Schema = z.record(z.string(), z.unknown())
const Parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query']),
  required: z.boolean(),
  schema: Schema,
})
const Media = z.record(z.string(), z.strictObject({ schema: Schema }))
const Response = z.union([
  z.strictObject({ $ref: z.string() }),
  z.strictObject({ description: z.string().min(1), content: Media.optional(), headers: Schema.optional() }),
])
const Operation = z.strictObject({
  operationId: z.string(),
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  security: z.array(Schema).optional(),
  parameters: z.array(Parameter),
  requestBody: z.strictObject({ required: z.boolean(), content: Media }).optional(),
  responses: z.record(z.string(), Response),
})
/** The parts of OpenAPI 3.1 that the document may use, strictly. */
const Document = z.strictObject({
  openapi: z.literal('3.1.0'),
  jsonSchemaDialect: z.literal('https://json-schema.org/draft/2020-12/schema'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().startsWith('/v1/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation),
  ),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), Schema),
    schemas: z.record(z.string(), Schema),
    responses: z.record(z.string(), Response),
  }),
})

const json: unknown = JSON.parse(JSON.stringify(createOpenApi(serviceContract)))
const document = Document.parse(json)
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

function everySchema(): z.infer<typeof Schema>[] {
  return described.flatMap(({ operation }) => [
    ...operation.parameters.map((parameter) => parameter.schema),
    ...Object.values(operation.requestBody?.content ?? {}).map((media) => media.schema),
    ...Object.values(operation.responses).flatMap((response) =>
      'content' in response ? Object.values(response.content ?? {}).map((media) => media.schema) : [],
    ),
  ])
}

test('every call and stream of the contract with a place in HTTP is described under its own name', () => {
  const expected = Object.entries(serviceContract).flatMap(([name, { members }]) =>
    Object.entries(members)
      .filter(([, member]) => 'http' in member && member.http !== undefined)
      .map(([member]) => `${name}.${member}`),
  )
  expect(expected.length).toBeGreaterThan(30)
  expect(described.map(({ operation }) => operation.operationId).sort()).toEqual(expected.sort())
  expect(new Set(expected).size).toBe(expected.length)
})

test('the fields in braces of a path are its path parameters, required', () => {
  for (const { path, operation } of described) {
    const inBraces = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
    expect(declared.map((parameter) => parameter.name)).toEqual(inBraces)
    expect(declared.every((parameter) => parameter.required)).toBe(true)
  }
})

test('no field of an input is lost: each is in the path, the query or the body', () => {
  for (const operation of listOperations(serviceContract)) {
    const input = operation.definition.input
    const fields = input instanceof z.ZodObject ? Object.keys(input.shape) : []
    const entry = described.find((one) => one.operation.operationId === operation.id)
    const body = entry?.operation.requestBody?.content['application/json']?.schema['properties']
    const found = [
      ...(entry?.operation.parameters ?? []).map((parameter) => parameter.name),
      ...Object.keys(Schema.catch({}).parse(body)),
    ]
    expect(found.sort()).toEqual(fields.sort())
  }
})

test('every schema is valid JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const schemas = [...everySchema(), document.components.schemas['Error'] ?? {}]
  for (const schema of schemas.filter((one) => one['$ref'] === undefined)) {
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true)
    expect(() => ajv.compile(schema)).not.toThrow()
  }
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(json).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(0)
  for (const reference of new Set(references)) {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, key) => Schema.catch({}).parse(at)[key], json)
    expect(target, reference).toBeDefined()
  }
})

test('a call needs an access token exactly if the contract does not mark it public', () => {
  expect(document.security).toEqual([{ accessToken: [] }])
  for (const operation of listOperations(serviceContract)) {
    const entry = described.find((one) => one.operation.operationId === operation.id)
    expect(entry?.operation.security).toEqual(operation.http.public === true ? [] : undefined)
    expect('401' in (entry?.operation.responses ?? {})).toBe(operation.http.public !== true)
  }
})

test('the error responses name every code of the catalogue', () => {
  const text = JSON.stringify(document.components.responses)
  for (const code of Object.keys(ERROR_CATALOGUE)) expect(text).toContain(`${code}: `)
})
