// Runs inside of the sandbox: JSON Schema (draft 07 and the common part of 2020-12), so that no schema of a script is ever compiled in the host.
;(function (global) {
  'use strict'
  const guest = global.__guest

  const typeOf = (value) =>
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'array'
        : Number.isInteger(value)
          ? 'integer'
          : typeof value
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
  const equal = (a, b) => guest.stringify(sorted(a)) === guest.stringify(sorted(b))
  const sorted = (value) =>
    Array.isArray(value)
      ? value.map(sorted)
      : isObject(value)
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, sorted(value[key])]),
          )
        : value

  const FORMATS = {
    'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/,
    date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    time: /^\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/,
    email: /^[^\s@]+@[^\s@]+\.?[^\s@]*$/,
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    uri: /^[a-z][a-z0-9+.-]*:\S*$/i,
    ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
    hostname: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i,
  }

  /** What of `value` does not fit: [{ path, message }], empty when all does. */
  guest.validate = function validate(root, value) {
    const errors = []
    check(root, value, '', { root, errors, depth: 0 })
    return errors
  }

  const fits = (schema, value, path, context) => {
    const errors = []
    check(schema, value, path, { ...context, errors })
    return errors.length === 0
  }

  function check(schema, value, path, outer) {
    const context = { ...outer, depth: outer.depth + 1 }
    const fail = (message, at = path) => context.errors.push({ path: at, message })
    if (context.depth > 200) throw new Error('The schema refers to itself without end.')
    if (schema === true) return
    if (schema === false) return fail('nothing is allowed here')
    if (!isObject(schema)) throw new Error('A schema is an object or a boolean.')
    if (typeof schema.$ref === 'string') check(resolve(schema.$ref, context.root), value, path, context)
    const type = typeOf(value)
    const types = [].concat(schema.type ?? [])
    if (schema.nullable === true && value === null) return
    if (types.length > 0 && !types.includes(type) && !(type === 'integer' && types.includes('number')))
      return fail(`must be ${types.join(' or ')}, but is ${type}`)
    if ('const' in schema && !equal(value, schema.const)) fail(`must be ${guest.stringify(schema.const)}`)
    if (Array.isArray(schema.enum) && !schema.enum.some((one) => equal(one, value)))
      fail(`must be one of ${guest.stringify(schema.enum)}`)
    if (typeof value === 'number') checkNumber(schema, value, fail)
    if (typeof value === 'string') checkString(schema, value, fail)
    if (type === 'array') checkArray(schema, value, path, context, fail)
    if (isObject(value)) checkObject(schema, value, path, context, fail)
    for (const one of schema.allOf ?? []) check(one, value, path, context)
    if (schema.anyOf !== undefined && !schema.anyOf.some((one) => fits(one, value, path, context)))
      fail('must fit one of anyOf')
    if (schema.oneOf !== undefined) {
      const count = schema.oneOf.filter((one) => fits(one, value, path, context)).length
      if (count !== 1) fail(`must fit exactly one of oneOf, but fits ${count}`)
    }
    if (schema.not !== undefined && fits(schema.not, value, path, context)) fail('must not fit “not”')
    if (schema.if !== undefined) {
      const next = fits(schema.if, value, path, context) ? schema.then : schema.else
      if (next !== undefined) check(next, value, path, context)
    }
  }

  function checkNumber(schema, value, fail) {
    if (schema.minimum !== undefined && value < schema.minimum) fail(`must be ≥ ${schema.minimum}`)
    if (schema.maximum !== undefined && value > schema.maximum) fail(`must be ≤ ${schema.maximum}`)
    if (typeof schema.exclusiveMinimum === 'number' && value <= schema.exclusiveMinimum)
      fail(`must be > ${schema.exclusiveMinimum}`)
    if (typeof schema.exclusiveMaximum === 'number' && value >= schema.exclusiveMaximum)
      fail(`must be < ${schema.exclusiveMaximum}`)
    if (schema.multipleOf !== undefined) {
      const quotient = value / schema.multipleOf
      if (Math.abs(quotient - Math.round(quotient)) > 1e-9) fail(`must be a multiple of ${schema.multipleOf}`)
    }
  }

  function checkString(schema, value, fail) {
    const length = [...value].length
    if (schema.minLength !== undefined && length < schema.minLength)
      fail(`must have at least ${schema.minLength} characters`)
    if (schema.maxLength !== undefined && length > schema.maxLength)
      fail(`must have at most ${schema.maxLength} characters`)
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
      fail(`must match ${schema.pattern}`)
    if (Object.hasOwn(FORMATS, schema.format ?? '') && !FORMATS[schema.format].test(value))
      fail(`must be a ${schema.format}`)
  }

  function checkArray(schema, value, path, context, fail) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      fail(`must have at least ${schema.minItems} items`)
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      fail(`must have at most ${schema.maxItems} items`)
    if (
      schema.uniqueItems === true &&
      new Set(value.map((one) => guest.stringify(sorted(one)))).size < value.length
    )
      fail('must have no item twice')
    const first = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : [])
    const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items
    value.forEach((one, index) => {
      const item = index < first.length ? first[index] : rest
      if (item !== undefined) check(item, one, `${path}/${index}`, context)
    })
    if (schema.contains !== undefined) {
      const count = value.filter((one) => fits(schema.contains, one, path, context)).length
      if (count < (schema.minContains ?? 1)) fail('must contain an item that fits “contains”')
      if (schema.maxContains !== undefined && count > schema.maxContains) fail('contains too many such items')
    }
  }

  function checkObject(schema, value, path, context, fail) {
    const keys = Object.keys(value)
    for (const key of schema.required ?? []) if (!Object.hasOwn(value, key)) fail(`must have “${key}”`)
    if (schema.minProperties !== undefined && keys.length < schema.minProperties)
      fail(`must have at least ${schema.minProperties} properties`)
    if (schema.maxProperties !== undefined && keys.length > schema.maxProperties)
      fail(`must have at most ${schema.maxProperties} properties`)
    const patterns = Object.entries(schema.patternProperties ?? {})
    for (const key of keys) {
      const at = `${path}/${key}`
      let isKnown = Object.hasOwn(schema.properties ?? {}, key)
      if (isKnown) check(schema.properties[key], value[key], at, context)
      for (const [pattern, one] of patterns)
        if (new RegExp(pattern, 'u').test(key)) {
          isKnown = true
          check(one, value[key], at, context)
        }
      if (!isKnown && schema.additionalProperties === false) fail('is not an expected property', at)
      else if (!isKnown && schema.additionalProperties !== undefined)
        check(schema.additionalProperties, value[key], at, context)
      if (schema.propertyNames !== undefined) check(schema.propertyNames, key, at, context)
    }
    for (const [key, needed] of Object.entries(schema.dependentRequired ?? {}))
      if (Object.hasOwn(value, key))
        for (const one of needed)
          if (!Object.hasOwn(value, one)) fail(`must have “${one}” where it has “${key}”`)
  }

  function resolve(reference, root) {
    if (!reference.startsWith('#'))
      throw new Error(`The schema refers to ${reference}: only references within it are known.`)
    let found = root
    for (const part of reference
      .slice(1)
      .split('/')
      .filter((one) => one !== '')) {
      const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~')
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key))
        throw new Error(`The schema has nothing at ${reference}.`)
      found = found[key]
    }
    return found
  }
})(globalThis)
