// Runs inside of the sandbox, after chai: what Postman adds to its assertions for responses.
;(function (global) {
  'use strict'
  const guest = global.__guest
  const { chai } = global

  const CLASSES = {
    info: [100, 199],
    success: [200, 299],
    redirection: [300, 399],
    clientError: [400, 499],
    serverError: [500, 599],
  }
  const CODES = {
    accepted: 202,
    withoutContent: 204,
    badRequest: 400,
    unauthorized: 401,
    unauthorised: 401,
    forbidden: 403,
    notFound: 404,
    notAcceptable: 406,
    rateLimited: 429,
  }

  chai.use(({ Assertion, expect }) => {
    const isResponse = (value) => value instanceof guest.Response
    const response = (assertion) => {
      if (!isResponse(assertion._obj)) throw new TypeError('This is asserted of a response: pm.response.to…')
      return assertion._obj
    }

    const property = (name, check) => Assertion.addProperty(name, check)
    for (const [name, [from, to]] of Object.entries(CLASSES))
      property(name, function () {
        const { code } = response(this)
        this.assert(
          code >= from && code <= to,
          `expected response code to be ${from}–${to} but it is ${code}`,
          `expected response code not to be ${from}–${to} but it is ${code}`,
        )
      })
    for (const [name, code] of Object.entries(CODES))
      property(name, function () {
        const actual = response(this).code
        this.assert(
          actual === code,
          `expected response code to be ${code} but it is ${actual}`,
          `expected response code not to be ${code}`,
        )
      })
    property('error', function () {
      const { code } = response(this)
      this.assert(
        code >= 400 && code <= 599,
        `expected response code to be 4XX or 5XX but it is ${code}`,
        `expected response code not to be 4XX or 5XX but it is ${code}`,
      )
    })
    Assertion.overwriteProperty(
      'ok',
      (base) =>
        function () {
          if (!isResponse(this._obj)) return base.call(this)
          const { code } = this._obj
          this.assert(
            code >= 200 && code <= 299,
            `expected response to be ok but its code is ${code}`,
            `expected response not to be ok but its code is ${code}`,
          )
        },
    )
    property('withBody', function () {
      this.assert(
        (response(this).body ?? '') !== '',
        'expected response to have content in its body',
        'expected response not to have content in its body',
      )
    })
    property('json', function () {
      const { body } = response(this)
      let isJson = true
      try {
        guest.parse(body)
      } catch {
        isJson = false
      }
      this.assert(isJson, 'expected response body to be valid JSON', 'expected response body not to be JSON')
    })
    property('responseTime', function () {
      this._obj = response(this).responseTime
    })
    property('responseSize', function () {
      this._obj = response(this).responseSize
    })

    Assertion.addMethod('status', function (expected) {
      const { code, status } = response(this)
      const actual = typeof expected === 'number' ? code : status
      this.assert(
        actual === expected,
        `expected response to have status ${typeof expected === 'number' ? 'code' : 'reason'} #{exp} but got #{act}`,
        `expected response not to have status #{exp}`,
        expected,
        actual,
      )
    })
    Assertion.addMethod('header', function (name, value) {
      const { headers } = this._obj instanceof guest.Request ? this._obj : response(this)
      if (value === undefined)
        return this.assert(
          headers.has(name),
          `expected to have header '${name}'`,
          `expected not to have header '${name}'`,
        )
      const actual = headers.get(name)
      const fits = value instanceof RegExp ? value.test(actual ?? '') : actual === String(value)
      this.assert(
        fits,
        `expected '${name}' header to be #{exp} but got #{act}`,
        `expected '${name}' header not to be #{exp}`,
        value,
        actual,
      )
    })
    Assertion.addMethod('cookie', function (name, value) {
      const { cookies } = response(this)
      this.assert(
        value === undefined ? cookies.has(name) : cookies.get(name) === value,
        `expected response to have cookie '${name}'`,
        `expected response not to have cookie '${name}'`,
      )
    })
    Assertion.addChainableMethod(
      'body',
      function (expected) {
        const actual = response(this).body ?? ''
        const fits =
          expected === undefined
            ? actual !== ''
            : expected instanceof RegExp
              ? expected.test(actual)
              : typeof expected === 'object'
                ? chai.util.eql(guest.parse(actual), expected)
                : actual === expected
        this.assert(
          fits,
          'expected response body to equal #{exp} but got #{act}',
          'expected response body not to equal #{exp}',
          expected,
          actual.slice(0, 1_000),
        )
      },
      function () {
        return this
      },
    )
    Assertion.addMethod('jsonBody', function (path, value) {
      const body = response(this).json()
      if (path === undefined)
        return this.assert(body !== undefined, 'expected a JSON body', 'expected no JSON body')
      if (typeof path === 'object')
        return this.assert(
          chai.util.eql(body, path),
          'expected response body to be #{exp} but got #{act}',
          'expected response body not to be #{exp}',
          path,
          body,
        )
      const info = guest.atPath(body, path)
      const isThere = arguments.length < 2 ? info.exists : info.exists && chai.util.eql(info.value, value)
      this.assert(
        isThere,
        arguments.length < 2
          ? `expected response body to contain '${path}'`
          : `expected response body at '${path}' to be #{exp} but got #{act}`,
        `expected response body not to contain '${path}'`,
        value,
        info.value,
      )
    })
    Assertion.addMethod('jsonSchema', function (schema) {
      const value = isResponse(this._obj) ? this._obj.json() : this._obj
      const errors = guest.validate(schema, value)
      const words = errors
        .slice(0, 10)
        .map(({ path, message }) => `${path === '' ? 'the value' : path} ${message}`)
      this.assert(
        errors.length === 0,
        `expected ${isResponse(this._obj) ? 'response body' : 'value'} to fit the schema, but ${words.join('; ')}`,
        'expected value not to fit the schema',
      )
    })
    guest.expect = expect
  })

  /** `a.b[0]["c"]` within a value. */
  guest.atPath = function atPath(value, path) {
    let found = value
    for (const [, plain, index, quoted] of String(path).matchAll(
      /([^.[\]]+)|\[(\d+)\]|\[["']([^"']*)["']\]/g,
    )) {
      const key = plain ?? index ?? quoted
      if (typeof found !== 'object' || found === null || !(key in found))
        return { exists: false, value: undefined }
      found = found[key]
    }
    return { exists: true, value: found }
  }
})(globalThis)
