// Runs inside of the sandbox: what `require` gives, and in words what it does not.
;(function (global) {
  'use strict'
  const guest = global.__guest

  const missing = (name, instead) =>
    new Error(`“${name}” is not part of this sandbox.${instead === undefined ? '' : ` ${instead}`}`)
  const absent = (name, instead) =>
    new Proxy(function () {}, {
      get(_, key) {
        if (key === Symbol.toPrimitive || key === 'toString' || key === 'then' || key === 'toJSON')
          return undefined
        throw missing(name, instead)
      },
      apply() {
        throw missing(name, instead)
      },
      construct() {
        throw missing(name, instead)
      },
    })

  class WordArray {
    constructor(bytes) {
      this.bytes = bytes
      this.sigBytes = bytes.length
    }
    get words() {
      const words = []
      for (let at = 0; at < this.bytes.length; at += 4)
        words.push(
          (this.bytes[at] << 24) |
            (this.bytes[at + 1] << 16) |
            (this.bytes[at + 2] << 8) |
            this.bytes[at + 3] |
            0,
        )
      return words
    }
    concat(other) {
      this.bytes = Uint8Array.from([...this.bytes, ...other.bytes])
      this.sigBytes = this.bytes.length
      return this
    }
    toString(encoder = Hex) {
      return encoder.stringify(this)
    }
  }
  const Hex = {
    stringify: (array) => Array.from(array.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    parse: (text) =>
      new WordArray(Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))),
  }
  const Base64 = {
    stringify: (array) => guest.base64OfBytes(array.bytes),
    parse: (text) => new WordArray(guest.bytesOfBase64(text)),
  }
  const Base64url = {
    stringify: (array) => Base64.stringify(array).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, ''),
    parse: Base64.parse,
  }
  const Utf8 = {
    stringify: (array) => guest.textOfUtf8(array.bytes),
    parse: (text) => new WordArray(guest.utf8(text)),
  }
  const Latin1 = {
    stringify: (array) => Array.from(array.bytes, (byte) => String.fromCharCode(byte)).join(''),
    parse: (text) => new WordArray(Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255)),
  }
  const bytesOf = (given) => (given instanceof WordArray ? given : Utf8.parse(String(given)))
  const hash = (algorithm) => (message) =>
    Hex.parse(guest.host('hash', guest.stringify({ algorithm, data: Base64.stringify(bytesOf(message)) })))
  const hmac = (algorithm) => (message, key) =>
    Hex.parse(
      guest.host(
        'hash',
        guest.stringify({
          algorithm,
          data: Base64.stringify(bytesOf(message)),
          key: Base64.stringify(bytesOf(key)),
        }),
      ),
    )
  const CryptoJS = {
    enc: { Hex, Base64, Base64url, Utf8, Latin1 },
    lib: {
      WordArray: {
        create: (bytes = []) => new WordArray(Uint8Array.from(bytes)),
        random: (count) =>
          new WordArray(Uint8Array.from({ length: count }, () => Math.floor(Math.random() * 256))),
      },
    },
  }
  for (const name of ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'RIPEMD160']) {
    CryptoJS[name] = hash(name.toLowerCase())
    CryptoJS[`Hmac${name}`] = hmac(name.toLowerCase())
  }

  const uuid = () => guest.host('dynamic', 'guid')

  /** As ajv is mostly used. */
  class Ajv {
    constructor() {
      this.errors = null
    }
    addFormat() {
      return this
    }
    compile(schema) {
      const validate = (value) => {
        const errors = guest.validate(schema, value)
        validate.errors =
          errors.length === 0
            ? null
            : errors.map(({ path, message }) => ({ instancePath: path, dataPath: path, message }))
        return errors.length === 0
      }
      validate.errors = null
      return validate
    }
    validate(schema, value) {
      const check = this.compile(schema)
      const fits = check(value)
      this.errors = check.errors
      return fits
    }
    errorsText(errors = this.errors) {
      return (errors ?? []).map(({ instancePath, message }) => `data${instancePath} ${message}`).join(', ')
    }
  }

  const tv4 = {
    error: null,
    missing: [],
    validate(value, schema) {
      const [first] = guest.validate(schema, value)
      tv4.error = first === undefined ? null : { message: first.message, dataPath: first.path }
      return first === undefined
    },
    validateResult(value, schema) {
      const valid = tv4.validate(value, schema)
      return { valid, error: tv4.error, missing: [] }
    },
    validateMultiple(value, schema) {
      const errors = guest.validate(schema, value).map(({ path, message }) => ({ message, dataPath: path }))
      return { valid: errors.length === 0, errors, missing: [] }
    },
    addSchema() {},
  }

  const { xml2js, readCsv } = guest.parsers
  /** Node's assertions are chai's, by other names for the deep ones. */
  const assert = () =>
    Object.assign((value, message) => global.chai.assert(value, message), global.chai.assert, {
      deepStrictEqual: global.chai.assert.deepEqual,
      notDeepStrictEqual: global.chai.assert.notDeepEqual,
      ok: global.chai.assert.isOk,
    })
  const path = {
    basename: (text, end = '') =>
      String(text)
        .replace(/\/+$/, '')
        .split('/')
        .at(-1)
        .replace(new RegExp(`${end.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`), ''),
    extname: (text) => /[^/.](\.[^./]*)$/.exec(text)?.[1] ?? '',
    dirname: (text) => String(text).replace(/\/[^/]*$/, '') || '.',
    join: (...parts) =>
      parts
        .filter((one) => one !== '')
        .join('/')
        .replace(/\/{2,}/g, '/'),
  }

  const MODULES = {
    chai: () => global.chai,
    lodash: () => guest.library('lodash'),
    moment: () => guest.library('moment'),
    xml2js: () => xml2js,
    'csv-parse/lib/sync': () => Object.assign(readCsv, { parse: readCsv }),
    'csv-parse/sync': () => ({ parse: readCsv }),
    'csv-parse': () => ({ parse: readCsv }),
    assert,
    path: () => path,
    buffer: () => ({ Buffer: global.Buffer }),
    url: () => ({ URL: global.URL, URLSearchParams: global.URLSearchParams }),
    querystring: () => guest.querystring,
    crypto: () => global.crypto,
    'crypto-js': () => (guest.state.input.needsCiphers ? guest.library('crypto-js') : CryptoJS),
    uuid: () => Object.assign(uuid, { v4: uuid, v1: uuid }),
    ajv: () => Object.assign(Ajv, { default: Ajv }),
    tv4: () => tv4,
    atob: () => global.atob,
    btoa: () => global.btoa,
    nanoid: () => ({
      nanoid: (length = 21) => uuid().replace(/-/g, '').concat(uuid().replace(/-/g, '')).slice(0, length),
    }),
    util: () => ({ inspect: guest.describe, isDeep: false }),
    timers: () => ({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }),
  }

  global.require = function require(name) {
    const plain = String(name)
      .replace(/^(node:|npm:)/, '')
      .replace(/(?<=.)@[^@/]*$/, '')
    if (Object.hasOwn(MODULES, plain)) return MODULES[plain]()
    throw missing(plain, `There are ${Object.keys(MODULES).join(', ')}.`)
  }
  guest.require = global.require
  guest.lazily('CryptoJS', MODULES['crypto-js'])
  guest.lazily('_', MODULES.lodash)
  guest.lazily('moment', MODULES.moment)
  global.tv4 = tv4
  global.Ajv = Ajv
  global.cheerio = absent('cheerio', 'Look into the text with a regular expression.')
})(globalThis)
